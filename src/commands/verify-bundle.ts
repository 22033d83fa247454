import { isRecordSigned } from '../adapters/host/record-signer.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import { readZip } from '../adapters/zip/index.ts'
import {
  bundleStepWords,
  checkBundle,
  type BundleFact,
  type BundleReport,
  type CheckBundleDeps,
} from '../core/archive/index.ts'
import { failed, ok, type Language, type Result } from '../core/kernel/index.ts'

/** A container is checked in memory; documents are small, and a larger file is no container of ours. */
const limits = { maxBytes: 256 * 1024 * 1024, maxEntries: 2_000 }

/** ZIP begins with these four; no CMS and no XML does. */
export const isContainer = (file: Uint8Array): boolean =>
  file[0] === 0x50 && file[1] === 0x4b && file[2] === 0x03 && file[3] === 0x04

/** Checks an evidence container (ASiC-E) without a network. */
export const verifyBundle = async (
  file: Uint8Array,
  deps: Pick<CheckBundleDeps, 'verifierWith' | 'isStamped'>,
): Promise<Result<BundleReport>> => {
  const read = await readZip(file, limits)
  if (!read.ok) return failed(...read.faults)
  const files = new Map(read.value.map(({ name, bytes }) => [name, bytes]))
  const report = await checkBundle(files, { hasher: sha256, isSigned: isRecordSigned, ...deps })
  // Two files of one name could be read as either.
  if (files.size < read.value.length || read.value[0]?.name !== 'mimetype')
    return ok({
      ...report,
      verdict: 'INVALID',
      facts: [
        {
          step: 'container',
          outcome: 'failed',
          file: '',
          detail: 'mimetype is not first, or a name is there twice',
        },
        ...report.facts,
      ],
    })
  return ok(report)
}

const marks: Readonly<Record<BundleFact['outcome'], string>> = {
  passed: '+',
  failed: '-',
  unknown: '?',
  warning: '!',
}

export const bundleLines = ({ verdict, facts, document }: BundleReport, lang: Language): string[] => [
  verdict,
  ...(document === undefined
    ? []
    : [
        `${document.kind} № ${document.number} ${document.date}, ${document.sender.name} → ${document.recipient.name}`,
      ]),
  ...facts.map(
    ({ step, outcome, file, detail }) =>
      `${marks[outcome]} ${bundleStepWords[step][lang]}: ${file}${detail === '' ? '' : `: ${detail}`}`,
  ),
]

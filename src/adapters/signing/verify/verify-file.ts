import { failed, fault, ok } from '../../../core/kernel/index.ts'
import { readSignedMessage, unwrapDer } from '../cms/index.ts'
import { DerError } from '../der/index.ts'
import type { Fault, Result } from '../../../core/kernel/index.ts'
import type { XmlVerifier } from '../xmldsig/index.ts'
import type {
  ExpectedSigner,
  SignatureReport,
  SignatureVerifier,
  Verdict,
} from '../../../core/signature/index.ts'

export interface VerifyFileOptions {
  /** The document, when the signature does not carry it. */
  data?: Uint8Array
  at?: Date
  expected?: ExpectedSigner
}

/** Who checks which form; what a file is shows in its first letters. */
export interface FileVerifiers {
  cms: SignatureVerifier
  xml: XmlVerifier
}

export interface VerifiedFile {
  form: 'cms' | 'xml'
  report: SignatureReport
  /** Which bytes the verdict is about. */
  content: 'given' | 'embedded'
  /** What a command line should end with: 0 VALID, 1 INVALID, 2 INDETERMINATE. */
  exitCode: 0 | 1 | 2
}

const exitCodes: Readonly<Record<Verdict, VerifiedFile['exitCode']>> = {
  VALID: 0,
  INVALID: 1,
  INDETERMINATE: 2,
}

const documentMissing = (): Fault =>
  fault('VERIFY-01', 'data', {
    ru: 'Подпись отсоединённая: в ней нет документа. Укажите файл документа (--data ФАЙЛ).',
    kk: 'Қолтаңба бөлек: онда құжат жоқ. Құжат файлын көрсетіңіз (--data ФАЙЛ).',
    en: 'The signature is detached and carries no document. Name the document’s file (--data FILE).',
  })

const documentTwice = (): Fault =>
  fault('VERIFY-02', 'data', {
    ru: 'Подписанный XML содержит свой документ. Уберите --data.',
    kk: 'Қол қойылған XML өз құжатын қамтиды. --data параметрін алып тастаңыз.',
    en: 'A signed XML file carries its document. Leave out --data.',
  })

/**
 * Checks a signature file of any form: CMS (DER, PEM, base64) or signed XML. Only a detached signature without its
 * document, or a document given twice, cannot be judged at all.
 */
export const verifyFile = async (
  file: Uint8Array,
  options: VerifyFileOptions,
  verifiers: FileVerifiers,
): Promise<Result<VerifiedFile>> => {
  if (isXml(file)) {
    if (options.data !== undefined) return failed(documentTwice())
    const { report } = await verifiers.xml.verify({ xml: file, at: options.at, expected: options.expected })
    return ok({ form: 'xml', report, content: 'embedded', exitCode: exitCodes[report.verdict] })
  }
  const embedded = options.data === undefined ? embeddedContent(file) : undefined
  if (embedded === 'detached') return failed(documentMissing())
  const data = options.data ?? embedded
  const report = await verifiers.cms.verify({
    cms: file,
    data: data ?? new Uint8Array(0),
    at: options.at,
    expected: options.expected,
  })
  return ok({
    form: 'cms',
    report,
    content: options.data === undefined ? 'embedded' : 'given',
    exitCode: exitCodes[report.verdict],
  })
}

/** CMS begins with a SEQUENCE (letter 0), PEM with a dash, base64 of CMS with M: only XML begins with `<`. */
const isXml = (file: Uint8Array): boolean => {
  const [a, b] = file
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true
  const head = Buffer.from(file.subarray(0, 256)).toString('latin1')
  return /^(?:\xef\xbb\xbf)?[\0\s]*</.test(head)
}

/** Files larger than this hold a document that is not read into memory for a look. */
const maxFileBytes = 64 * 1024 * 1024

/** The document inside; nothing when the file cannot be read, which the verifier then says with its reason. */
const embeddedContent = (file: Uint8Array): Uint8Array | 'detached' | undefined => {
  if (file.length > maxFileBytes) return undefined
  try {
    return readSignedMessage(unwrapDer(file), { maxSigners: 64, maxCertificates: 64 }).content ?? 'detached'
  } catch (cause) {
    if (cause instanceof DerError) return undefined
    throw cause
  }
}

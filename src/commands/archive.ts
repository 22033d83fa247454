import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { FolderArchiveStore } from '../adapters/archive-store/folder-store.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import { restoreArchive } from '../core/archive/index.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean }
type Question = {
  company?: string
  partner?: string
  kind?: string
  number?: string
  from?: string
  to?: string
}

interface Page {
  total?: { documents: number; bytes: number }
  documents: {
    documentId: string
    kind: string
    number: string
    date: string
    senderTaxId: string
    recipientTaxId: string
    archivedAt: string
    size: number
    place?: number
    purgedAt?: string
  }[]
  next?: string
}

/** Stands alone, next to the program: shares no code with what it checks. */
const checker = fileURLToPath(new URL('../../bin/archive-check.mjs', import.meta.url))

/** Final documents with all their evidence. */
export const addArchive = (program: Command): void => {
  const archive = program.command('archive').description('архив документов · the archive of documents')

  asked(archive.command('list').alias('search').description('найти документы · find documents'))
    .option('--limit <number>', 'сколько · how many', '100')
    .action(async ({ limit, ...options }: Options & Question & { limit: string }) => {
      const page = await pageOf(new OperatorClient(options), { ...options, limit })
      if (options.json) show(page, options)
      else
        process.stdout.write(
          `${page.documents.map(lineOf).join('\n')}\nвсего · total: ${page.total?.documents ?? 0}\n`,
        )
    })

  asking(
    archive
      .command('bundle <documentId>')
      .description('документ со всеми доказательствами в одном файле · a document with all its evidence'),
  )
    .requiredOption('--out <file>', 'файл .asice · file')
    .requiredOption('--reason <text>', 'зачем · why')
    .action(async (id: string, options: Options & { out: string }) => {
      const { bytes } = await new OperatorClient(options).bytes(`/archive/documents/${id}/bundle`)
      writeFileSync(options.out, bytes)
      show({ out: options.out, bytes: bytes.byteLength }, options)
    })

  asked(
    archive
      .command('export')
      .description(
        'всё, что есть у клиента, по файлу на документ; прерванное продолжается · everything of a client, resumable',
      ),
  )
    .requiredOption('--out <dir>', 'папка · folder')
    .requiredOption('--reason <text>', 'зачем · why')
    .action(async (options: Options & Question & { out: string }) => show(await exportAll(options), options))

  asking(
    archive
      .command('rows')
      .description('строки хранилища для независимой проверки · rows for the independent check'),
  )
    .requiredOption('--out <file>', 'файл JSON lines')
    .action(async (options: Options & { out: string }) => {
      const { bytes } = await new OperatorClient(options).bytes('/archive/rows')
      writeFileSync(options.out, bytes)
      show({ out: options.out, bytes: bytes.byteLength }, options)
    })

  archive
    .command('verify <folder>')
    .description(
      'проверить папку архива независимой программой · check an archive folder with the independent program',
    )
    .option('--rows <file>', 'строки из archive rows')
    .option('--whole', 'назвать и файлы вне пакетов · tell files outside packages too', false)
    .action((folder: string, { rows, whole }: { rows?: string; whole: boolean }) => {
      const more = [...(rows === undefined ? [] : ['--rows', rows]), ...(whole ? ['--whole'] : [])]
      process.exitCode =
        spawnSync(process.execPath, [checker, folder, ...more], { stdio: 'inherit' }).status ?? 2
    })

  archive
    .command('restore')
    .description(
      'вернуть из копии: документ, день или весь архив · restore from a copy: a document, a day, or all',
    )
    .requiredOption('--from <folder>', 'копия архива · copy of the archive')
    .requiredOption('--to <folder>', 'папка архива · the archive')
    .option('--document <id>', 'один документ · one document')
    .option('--day <date>', 'пакет одного дня · the package of one day')
    .option('--json', 'ответ как JSON · answer as JSON', false)
    .action(
      async ({
        from,
        to,
        document,
        day,
        json,
      }: {
        from: string
        to: string
        document?: string
        day?: string
        json: boolean
      }) => {
        const [source, target] = [from, to].map((folder) => new FolderArchiveStore(resolve(folder), sha256))
        const restored = await restoreArchive(
          { hasher: sha256, from: source!, to: target! },
          { documentId: document, day },
        )
        show(restored, { json })
        if (restored.problems.length > 0 || restored.documents === 0) process.exitCode = 1
      },
    )
}

const asked = (command: Command): Command =>
  asking(command)
    .option('--company <taxId>', 'БИН/ИИН клиента · of the client')
    .option('--partner <taxId>', 'БИН/ИИН второй стороны · of the other side')
    .option('--kind <kind>', 'вид документа · kind')
    .option('--number <number>', 'номер · number')
    .option('--from <date>', 'ГГГГ-ММ-ДД')
    .option('--to <date>', 'ГГГГ-ММ-ДД')

const pageOf = (
  client: OperatorClient,
  { company, partner, kind, number, from, to, after, limit }: Question & { after?: string; limit: string },
): Promise<Page> => {
  const given = Object.entries({ company, partner, kind, number, from, to, after, limit })
  const query = new URLSearchParams(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  return client.ask<Page>('GET', `/archive/documents?${query}`)
}

const lineOf = ({
  documentId,
  kind,
  number,
  date,
  senderTaxId,
  recipientTaxId,
  place,
  purgedAt,
}: Page['documents'][number]): string =>
  [
    date,
    kind.padEnd(16),
    `№ ${number}`,
    `${senderTaxId} → ${recipientTaxId}`,
    documentId,
    place ?? '…',
    purgedAt ?? '',
  ].join('  ')

/** Where an export stands: written after every page, so that what was cut off goes on from there. */
interface Progress {
  query: string
  after?: string
  documents: number
  done: boolean
}

const exportAll = async (
  options: Options & Question & { out: string },
): Promise<Progress & { total: number }> => {
  const { out, company, partner, kind, number, from, to } = options
  mkdirSync(out, { recursive: true })
  const client = new OperatorClient(options)
  const file = join(out, 'export.json')
  const query = JSON.stringify({ company, partner, kind, number, from, to })
  const left = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Progress) : undefined
  // Another question starts anew; the files that are there are written again, byte for byte the same.
  let progress: Progress = left?.query === query && !left.done ? left : { query, documents: 0, done: false }
  const total = (await pageOf(client, { ...options, limit: '1' })).total?.documents ?? 0
  const keep = (next: Progress): void => {
    progress = next
    writeFileSync(`${file}.new`, `${JSON.stringify(progress)}\n`)
    renameSync(`${file}.new`, file)
  }
  while (!progress.done) {
    const page = await pageOf(client, { ...options, after: progress.after, limit: '50' })
    for (const document of page.documents) {
      if (document.purgedAt !== undefined) continue
      const { bytes } = await client.bytes(`/archive/documents/${document.documentId}/bundle`)
      const folder = join(out, document.date.slice(0, 7))
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `${document.documentId}.asice`), bytes)
    }
    const documents = progress.documents + page.documents.length
    keep({
      query,
      after: page.documents.at(-1)?.documentId ?? progress.after,
      documents,
      done: page.next === undefined,
    })
    process.stderr.write(`${documents} / ${total}\n`)
  }
  return { ...progress, total }
}

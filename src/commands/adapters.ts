import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import {
  MappingRunner,
  readMappingFile,
  readMappingFolders,
  type Mapping,
} from '../adapters/mapping/index.ts'
import { readSampleFolder, skeletonOf, testFolder, writeNew } from '../adapters/mapping/lab/index.ts'
import type { Fault, Result } from '../core/kernel/index.ts'
import { ownMappings, readConfiguration } from './gateway-settings.ts'
import { labSheet } from './lab-sheet.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'
import { rehearsalSheet, type RehearsedDocument } from './rehearsal-sheet.ts'
import { StartRefusal } from './start-refusal.ts'
import { tableOf } from './table.ts'

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new StartRefusal(result.faults)
  return result.value
}

/** Mappings of foreign formats: what there is, whether it is right, and the lab where one is made. Only `replay` asks a gateway. */
export const addAdapters = (program: Command): void => {
  const adapters = program
    .command('adapters')
    .description('отображения чужих форматов · mappings of foreign formats')

  adapters
    .command('list')
    .description('какие отображения есть · which mappings there are')
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .option('--json', 'ответ как JSON · answer as JSON', false)
    .action((options: { config?: string; json: boolean }) => {
      const mappings = must(readMappingFolders(foldersOf(options.config)))
      if (options.json) {
        show(
          mappings.map(({ name, version, title, digest }) => ({
            format: `generic/${name}`,
            version,
            title,
            digest,
          })),
          options,
        )
        return
      }
      const rows = mappings.map(({ name, version, title, source, documents }) => [
        `generic/${name}`,
        String(version),
        source.format,
        [...new Set(documents.map(({ kind }) => kind))].join(', '),
        title,
      ])
      process.stdout.write(
        `${tableOf(['ФОРМАТ', 'ВЕРСИЯ', 'ФАЙЛ', 'ДОКУМЕНТЫ', 'НАЗВАНИЕ'], rows).join('\n')}\n`,
      )
    })

  adapters
    .command('check [paths...]')
    .description('проверить отображения: файлы или папки; без них — все · check mappings')
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .action((paths: string[], options: { config?: string }) => {
      const read = paths.length === 0 ? readMappingFolders(foldersOf(options.config)) : readAll(paths)
      for (const { file, name, version, documents } of must(read)) {
        process.stdout.write(
          `${file}: ошибок нет (${name}@${version}, ${documents.map(({ kind }) => kind).join(', ')})\n`,
        )
      }
    })

  adapters
    .command('test <dir>')
    .description(
      'прочитать образцы, показать покрытие и что изменилось · read samples, tell coverage and changes',
    )
    .option('--mapping <file>', 'отображение, если его нет рядом · the mapping')
    .option('--update', 'принять изменения · accept the changes', false)
    .option('--json', 'ответ как JSON · answer as JSON', false)
    .action(async (dir: string, options: { mapping?: string; update: boolean; json: boolean }) => {
      const folder = must(readSampleFolder(dir, options.mapping))
      const runner = new MappingRunner()
      try {
        const report = await testFolder(folder, (...asked) => runner.read(...asked), options)
        if (options.json) show(report, options)
        else process.stdout.write(labSheet(report))
        if (report.results.some(({ outcome }) => outcome === 'changed')) process.exitCode = 1
      } finally {
        await runner.stop()
      }
    })

  adapters
    .command('new <name>')
    .description('заготовка отображения в новой папке · a new mapping in a folder of its own')
    .option('--format <format>', 'json, xml или csv', 'json')
    .option('--dir <dir>', 'где создать папку · where to make the folder', '.')
    .action((name: string, options: { format: string; dir: string }) => {
      const format = options.format === 'xml' || options.format === 'csv' ? options.format : 'json'
      const files = must(skeletonOf(name, format))
      const folder = resolve(options.dir, name)
      for (const path of must(writeNew(folder, files))) process.stdout.write(`создан ${path}\n`)
      process.stdout.write(`\nДальше: daneker adapters test ${folder}\n`)
    })

  asking(
    adapters
      .command('replay <name>')
      .description(
        'что новое отображение изменило бы в уже принятых документах · what a changed mapping would change',
      ),
  )
    .requiredOption('--since <date>', 'с какого дня, ГГГГ-ММ-ДД · from which day')
    .option('--mapping <file>', 'файл отображения; без него config/adapters/NAME.yaml · the mapping')
    .action(async (name: string, options: Target & { json: boolean; since: string; mapping?: string }) => {
      const { text } = must(readMappingFile(options.mapping ?? join('config', 'adapters', `${name}.yaml`)))
      const client = new OperatorClient(options)
      const documents: RehearsedDocument[] = []
      for (let after: string | undefined = undefined, more = true; more;) {
        const asked = { format: `generic/${name}`, text, since: options.since, after }
        const page: { documents: RehearsedDocument[]; after?: string } = await client.ask(
          'POST',
          '/mappings/rehearsal',
          asked,
        )
        documents.push(...page.documents)
        after = page.after
        more = after !== undefined
      }
      if (options.json) show(documents, options)
      else process.stdout.write(rehearsalSheet(documents))
      if (documents.some(({ outcome }) => outcome !== 'same')) process.exitCode = 1
    })
}

const foldersOf = (config: string | undefined): string[] => [
  ...ownMappings(),
  ...readConfiguration(config).values.mappingFolders,
]

const readAll = (paths: readonly string[]): Result<Mapping[]> => {
  const faults: Fault[] = []
  const mappings: Mapping[] = []
  for (const path of paths) {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
    const read = isFolder ? readMappingFolders([path]) : readMappingFile(path)
    if (!read.ok) faults.push(...read.faults)
    else mappings.push(...[read.value].flat())
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: mappings }
}

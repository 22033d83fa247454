import type { Command } from 'commander'
import { readConfiguration } from './gateway-settings.ts'
import { show } from './output.ts'

/** Where each byte rests, by the configuration; what has no place named is told and ends with 1. */
export const addResidency = (program: Command): void => {
  program
    .command('residency')
    .description('где лежат данные · where the data rests')
    .command('report')
    .description('каждое хранилище и его место (оферта 3.3.6) · every store and its place')
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .option('--json', 'ответ как JSON · answer as JSON', false)
    .action(({ config, json }: { config?: string; json: boolean }) => {
      const { values } = readConfiguration(config)
      const places = [
        {
          what: 'документы, подписи, учёт, журнал доступа · documents, signatures, meter, audit',
          where: values.storeKind === 'embedded' ? values.storeDataDir : 'PostgreSQL',
          place: values.residencyStore,
        },
        {
          what: 'архив с доказательствами · archive',
          where: values.archiveFolder,
          place: values.residencyArchive,
        },
        { what: 'резервные копии · backups', where: 'вне шлюза · outside', place: values.residencyBackup },
        { what: 'лог без содержания документов · log', where: 'stdout', place: values.residencyLog },
        ...(values.mailUrl === undefined
          ? []
          : [{ what: 'письма со ссылками · mails', where: 'SMTP', place: values.residencyMail }]),
        ...(values.queueKind === 'rabbitmq'
          ? [
              {
                what: 'только номера заданий · task ids only',
                where: 'RabbitMQ',
                place: values.residencyStore,
              },
            ]
          : []),
      ]
      show(
        places.map((one) => ({ ...one, place: one.place ?? 'не указано · not named' })),
        { json },
      )
      if (places.some(({ place }) => place === undefined)) process.exitCode = 1
    })
}

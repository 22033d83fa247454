import { sameWords, type ConnectionCheck } from '../../../core/company/index.ts'
import type { Words } from '../../../core/kernel/index.ts'
import { lookAtTls } from '../../outbound/index.ts'
import type { DoorSubject, DoorWork } from '../contract.ts'
import { BaseProblem, type BaseClient } from './client.ts'
import { isKazakhAccounting, needed, readMetadata, wished, type Published } from './metadata.ts'
import { odataFault, type OdataCode } from './odata-faults.ts'
import { clientFor } from './poll.ts'
import { textIn } from './read/bundle.ts'
import { doorName, settingsOf, type OdataSettings } from './settings.ts'

/** Clocks that differ by more put documents on another day, and signatures into the future. */
const clockToleranceMs = 120_000

const titles = {
  settings: { ru: 'Настройки OData', kk: 'OData баптаулары', en: 'OData settings' },
  tls: { ru: 'TLS базы', kk: 'База TLS', en: 'TLS of the base' },
  login: { ru: 'Вход в базу', kk: 'Базаға кіру', en: 'Login at the base' },
  clock: { ru: 'Часы базы', kk: 'База сағаты', en: 'Clock of the base' },
  composition: { ru: 'Состав OData', kk: 'OData құрамы', en: 'OData composition' },
  configuration: { ru: 'Конфигурация', kk: 'Конфигурация', en: 'Configuration' },
  fields: { ru: 'Справочники и поля', kk: 'Анықтамалықтар мен өрістер', en: 'Catalogs and fields' },
  organisation: { ru: 'БИН организации', kk: 'Ұйымның БСН', en: 'БИН of the organisation' },
  rights: { ru: 'Права на чтение', kk: 'Оқу құқықтары', en: 'Rights to read' },
  writing: { ru: 'Обратная запись', kk: 'Кері жазу', en: 'Writing back' },
} satisfies Record<string, Words>

type Step = keyof typeof titles

const ok = (step: Step, found: string): ConnectionCheck => ({
  id: `odata.${step}`,
  title: titles[step],
  outcome: 'ok',
  found: sameWords(found),
})

const bad = (
  step: Step,
  code: OdataCode,
  what: string,
  outcome: 'bad' | 'warning' = 'bad',
): ConnectionCheck => {
  const { message } = odataFault(code, what)
  return {
    id: `odata.${step}`,
    title: titles[step],
    outcome,
    found: sameWords(what === '' ? code : what),
    ...split(message),
  }
}

/** The first sentence says why, the rest what to do. */
const split = (message: Words): { cause: Words; remedy: Words } => {
  const cut = (text: string): [string, string] => {
    const at = /[.?!](?= )/.exec(text)?.index
    return at === undefined ? [text, text] : [text.slice(0, at + 1), text.slice(at + 2)]
  }
  const [ru, kk, en] = [cut(message.ru), cut(message.kk), cut(message.en)]
  return { cause: { ru: ru[0], kk: kk[0], en: en[0] }, remedy: { ru: ru[1], kk: kk[1], en: en[1] } }
}

const problem = (step: Step, error: unknown): ConnectionCheck => {
  if (!(error instanceof BaseProblem)) throw error
  return {
    id: `odata.${step}`,
    title: titles[step],
    outcome: 'bad',
    found: sameWords(`${error.code}${error.number === undefined ? '' : ` (1С: ${error.number})`}`),
    ...split(error.fault.message),
  }
}

/** Walks the way of the poller step by step; stops where the next step would only say the same. */
export const examineBase = async (subject: DoorSubject, work: DoorWork): Promise<ConnectionCheck[]> => {
  const given = subject.profile.settings?.[doorName]
  if (given === undefined) return []
  const settings = settingsOf(given)
  if (settings === undefined) return [bad('settings', 'ODATA-01', doorName)]
  const client = await clientFor(work, subject, settings)
  if (client === undefined) return [bad('settings', 'ODATA-14', '')]
  const checks = [ok('settings', settings.url), ...(await tlsOf(settings))]

  let text: string
  try {
    text = await client.metadata()
  } catch (error) {
    return [...checks, problem('login', error)]
  }
  checks.push(ok('login', settings.login), clockOf(client))
  const read = await readMetadata(text)
  if (!read.ok) return [...checks, bad('composition', 'ODATA-09', '$metadata')]
  const published = read.value
  const documents = settings.kinds.map((kind) => `Document_${kind}`)
  const absent = [...documents, ...Object.keys(needed)].filter((entity) => !published.entities.has(entity))
  if (published.entities.size === 0 || absent.length > 0) {
    const code = published.entities.size === 0 ? 'ODATA-06' : 'ODATA-04'
    return [
      ...checks,
      bad(
        'composition',
        code,
        [...documents, ...Object.keys(needed)].filter((entity) => !published.entities.has(entity)).join(', '),
      ),
    ]
  }
  checks.push(ok('composition', `${published.entities.size}`))
  checks.push(
    isKazakhAccounting(published)
      ? ok('configuration', 'Бухгалтерия для Казахстана')
      : bad('configuration', 'ODATA-10', ''),
    fieldsOf(published),
  )
  checks.push(await organisationOf(client, subject.caller.companyTaxId))
  checks.push(await rightsOf(client, documents))
  if (settings.statuses !== undefined || settings.incoming) checks.push(writingOf(settings, published))
  return checks
}

const tlsOf = async ({ url }: OdataSettings): Promise<ConnectionCheck[]> => {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'https:') return []
  const look = await lookAtTls(hostname, Number(port === '' ? 443 : port))
  if ('error' in look) return [bad('tls', 'ODATA-02', look.error)]
  return [
    look.distrust === undefined
      ? ok('tls', `${look.versions.join(', ')}; ${look.chain.join(' ← ')}`)
      : bad('tls', 'ODATA-02', look.distrust, 'warning'),
  ]
}

const clockOf = ({ clock }: BaseClient): ConnectionCheck => {
  if (clock === undefined) return ok('clock', '—')
  const apartMs = clock.theirs.getTime() - clock.ours.getTime()
  const found = `${apartMs >= 0 ? '+' : '−'}${Math.round(Math.abs(apartMs) / 1000)} с`
  if (Math.abs(apartMs) <= clockToleranceMs) return ok('clock', found)
  return {
    id: 'odata.clock',
    title: titles.clock,
    outcome: 'warning',
    found: sameWords(found),
    cause: {
      ru: 'Часы сервера базы расходятся с нашими: документы попадут не на тот день.',
      kk: 'База серверінің сағаты біздікінен өзгеше: құжаттар басқа күнге түседі.',
      en: 'The clock of the base differs from ours: documents fall on the wrong day.',
    },
    remedy: {
      ru: 'Включите синхронизацию времени (NTP) на сервере 1С и на шлюзе.',
      kk: '1С серверінде және шлюзде уақытты синхрондауды (NTP) қосыңыз.',
      en: 'Switch time synchronisation (NTP) on at the 1C server and at the gateway.',
    },
  }
}

const fieldsOf = ({ entities }: Published): ConnectionCheck => {
  const missing = Object.entries(needed).flatMap(([entity, fields]) =>
    fields.filter((field) => entities.get(entity)?.has(field) !== true).map((field) => `${entity}.${field}`),
  )
  if (missing.length > 0) return bad('fields', 'ODATA-04', missing.join(', '))
  const absent = wished.filter((entity) => !entities.has(entity))
  return absent.length === 0
    ? ok('fields', 'есть все')
    : bad('fields', 'ODATA-04', absent.join(', '), 'warning')
}

const organisationOf = async (client: BaseClient, taxId: string): Promise<ConnectionCheck> => {
  try {
    const rows = await client.rows('Catalog_Организации', {
      $filter: `ИдентификационныйНомер eq '${taxId}'`,
      $select: 'Ref_Key,Description',
      $top: 1,
    })
    return rows[0] === undefined
      ? bad('organisation', 'ODATA-11', '')
      : ok('organisation', textIn(rows[0], 'Description'))
  } catch (error) {
    return problem('organisation', error)
  }
}

const rightsOf = async (client: BaseClient, documents: string[]): Promise<ConnectionCheck> => {
  const all = [...documents, ...Object.keys(needed)]
  for (const entity of all) {
    try {
      await client.rows(entity, { $top: 1, $select: 'Ref_Key' })
    } catch (error) {
      return problem('rights', error)
    }
  }
  return ok('rights', `${all.length}`)
}

const writingOf = ({ statuses, incoming }: OdataSettings, { entities }: Published): ConnectionCheck => {
  const wanted = [
    ...(statuses === undefined ? [] : [statuses.entity]),
    ...(incoming ? ['Document_ПоступлениеТоваровУслуг'] : []),
  ]
  const absent = wanted.filter((entity) => !entities.has(entity))
  return absent.length === 0
    ? ok('writing', wanted.join(', '))
    : bad('writing', 'ODATA-04', absent.join(', '))
}

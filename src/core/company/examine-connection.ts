import type { Fault, Words } from '../kernel/index.ts'
import { sameWords, type ConnectionCheck } from './connection-check.ts'
import type { ConnectionView } from './connection-desk.ts'
import type { ConnectionProfile } from './connection-profile.ts'

/** What is known of a connection without asking anybody outside. */
export interface ConnectionFacts {
  view: ConnectionView
  profile: ConnectionProfile
  /** Why the company may not send now; undefined: it may. */
  denial?: Fault
  /** The last call of the base, if it ever called. */
  lastCall?: { at: Date; operation: string; status: number; codes: readonly string[] }
  now: Date
}

const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

/** A base that polls every minute and has been silent for so long is asleep or cut off. */
const silentMs = 24 * 3_600_000

/** The connection itself: is it open, may it send, does it prove itself, has it been heard. */
export const examineConnection = ({
  view,
  profile,
  denial,
  lastCall,
  now,
}: ConnectionFacts): ConnectionCheck[] => [
  openness(view),
  sending(denial),
  secrets(view),
  heard(lastCall, now),
  organisation(profile),
]

const openness = ({ closedAt, name }: ConnectionView): ConnectionCheck => {
  const title = words('Подключение', 'Қосылым', 'Connection')
  return closedAt === undefined
    ? { id: 'connection', title, outcome: 'ok', found: sameWords(name) }
    : {
        id: 'connection',
        title,
        outcome: 'bad',
        found: sameWords(closedAt.toISOString()),
        cause: words(
          'Подключение закрыто оператором.',
          'Қосылымды оператор жапқан.',
          'The operator closed the connection.',
        ),
        remedy: words(
          'Создайте новое: daneker connection add.',
          'Жаңасын жасаңыз: daneker connection add.',
          'Make a new one: daneker connection add.',
        ),
      }
}

const sending = (denial: Fault | undefined): ConnectionCheck => {
  const title = words('Доступ организации', 'Ұйымның қолжетімділігі', 'Access of the company')
  return denial === undefined
    ? {
        id: 'access',
        title,
        outcome: 'ok',
        found: words('отправка открыта', 'жіберу ашық', 'sending is open'),
      }
    : {
        id: 'access',
        title,
        outcome: 'bad',
        found: sameWords(denial.code),
        cause: denial.message,
        remedy: words(
          'Предоставьте доступ: daneker company grant БИН. Входящие и архив работают и так.',
          'Қолжетімділік беріңіз: daneker company grant БСН. Кіріс пен мұрағат онсыз да жұмыс істейді.',
          'Grant access: daneker company grant TAX-ID. Incoming documents and the archive work all the same.',
        ),
      }
}

const secrets = ({ passwords, keys }: ConnectionView): ConnectionCheck => {
  const title = words('Пароль и ключ', 'Құпиясөз бен кілт', 'Password and key')
  const ending = [...passwords, ...keys].filter(({ expiresAt }) => expiresAt !== undefined).length
  const found = words(
    `паролей ${passwords.length}, ключей ${keys.length}, из них заканчиваются ${ending}`,
    `құпиясөз ${passwords.length}, кілт ${keys.length}, мерзімі бітетіні ${ending}`,
    `${passwords.length} passwords, ${keys.length} keys, ${ending} of them ending`,
  )
  if (passwords.length === 0)
    return {
      id: 'secrets',
      title,
      outcome: 'bad',
      found,
      cause: words('Ни один пароль не действует.', 'Бірде-бір құпиясөз жарамсыз.', 'No password is good.'),
      remedy: words(
        'Смените пароль: daneker connection rotate.',
        'Құпиясөзді ауыстырыңыз: daneker connection rotate.',
        'Rotate the password: daneker connection rotate.',
      ),
    }
  return ending === 0
    ? { id: 'secrets', title, outcome: 'ok', found }
    : {
        id: 'secrets',
        title,
        outcome: 'warning',
        found,
        cause: words(
          'Идёт смена: старый пароль или ключ ещё действует.',
          'Ауыстыру жүріп жатыр: ескі құпиясөз не кілт әлі жарамды.',
          'A rotation is under way: an old one is still good.',
        ),
        remedy: words(
          'Впишите новый в 1С до конца срока старого.',
          'Ескісінің мерзімі біткенше 1С-ке жаңасын енгізіңіз.',
          'Put the new one into 1C before the old one ends.',
        ),
      }
}

const heard = (last: ConnectionFacts['lastCall'], now: Date): ConnectionCheck => {
  const title = words('Последний вызов базы', 'Базаның соңғы шақыруы', 'Last call of the base')
  if (last === undefined)
    return {
      id: 'heard',
      title,
      outcome: 'warning',
      found: words('вызовов не было', 'шақыру болмаған', 'none yet'),
      cause: words(
        'База ещё ни разу не подтвердила вход.',
        'База әлі бірде-бір рет кіруді растамаған.',
        'The base has never proved itself.',
      ),
      remedy: words(
        'В 1С выполните «Проверить соединение» (TestConnection); строки подключения — daneker connection show.',
        '1С-те «Қосылымды тексеру» (TestConnection) орындаңыз; қосылым жолдары — daneker connection show.',
        'Run TestConnection in 1C; the strings are in daneker connection show.',
      ),
    }
  const found = sameWords(
    [last.at.toISOString(), last.operation, String(last.status), ...last.codes]
      .filter((part) => part !== '')
      .join(' '),
  )
  if (last.codes.length > 0)
    return {
      id: 'heard',
      title,
      outcome: 'warning',
      found,
      cause: words(
        'Последний вызов закончился ошибкой.',
        'Соңғы шақыру қатемен аяқталды.',
        'The last call ended in a fault.',
      ),
      remedy: words(
        'Посмотрите его: daneker exchange list --refused.',
        'Оны қараңыз: daneker exchange list --refused.',
        'Look at it: daneker exchange list --refused.',
      ),
    }
  return now.getTime() - last.at.getTime() > silentMs
    ? {
        id: 'heard',
        title,
        outcome: 'warning',
        found,
        cause: words(
          'База молчит больше суток.',
          'База бір тәуліктен астам үнсіз.',
          'The base has been silent for more than a day.',
        ),
        remedy: words(
          'Проверьте регламентное задание обмена в 1С и сеть.',
          '1С-тегі алмасудың регламенттік тапсырмасын және желіні тексеріңіз.',
          'Check the scheduled exchange in 1C and the network.',
        ),
      }
    : { id: 'heard', title, outcome: 'ok', found }
}

/** Forms print an address that 1C often publishes nowhere. */
const organisation = ({ organisation: own }: ConnectionProfile): ConnectionCheck => {
  const title = words(
    'Данные организации в профиле',
    'Профильдегі ұйым деректері',
    'Organisation in the profile',
  )
  return own?.['address'] !== undefined
    ? { id: 'profile', title, outcome: 'ok', found: sameWords(Object.keys(own).join(', ')) }
    : {
        id: 'profile',
        title,
        outcome: 'warning',
        found: words('адреса нет', 'мекенжай жоқ', 'no address'),
        cause: words(
          '1С часто не отдаёт адрес и телефон организации, а формы их печатают.',
          '1С ұйымның мекенжайы мен телефонын жиі бермейді, ал нысандар оларды басады.',
          '1C often gives no address and phone of the organisation, and forms print them.',
        ),
        remedy: words(
          'Если документы приходят без адреса, впишите его: daneker connection profile --set.',
          'Құжаттар мекенжайсыз келсе, оны жазыңыз: daneker connection profile --set.',
          'If documents come without it, add it: daneker connection profile --set.',
        ),
      }
}

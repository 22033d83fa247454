import { lookup } from 'node:dns/promises'
import type { Words } from '../../core/kernel/index.ts'
import { isPublicAddress } from './public-address.ts'
import { lookAtTls, type TlsLook } from './tls-look.ts'

/** A finding about the address under which bases reach us. */
export interface FaceFinding {
  id: 'address' | 'tls' | 'certificate' | 'clock'
  title: Words
  outcome: 'ok' | 'warning' | 'bad'
  found: string
  cause?: Words
  remedy?: Words
}

const titles: Record<FaceFinding['id'], Words> = {
  address: { ru: 'Адрес шлюза', kk: 'Шлюз мекенжайы', en: 'Address of the gateway' },
  tls: { ru: 'TLS шлюза', kk: 'Шлюз TLS', en: 'TLS of the gateway' },
  certificate: { ru: 'Сертификат шлюза', kk: 'Шлюз сертификаты', en: 'Certificate of the gateway' },
  clock: { ru: 'Часы шлюза', kk: 'Шлюз сағаты', en: 'Clock of the gateway' },
}

/** A certificate that ends sooner is a warning. */
const renewAheadMs = 14 * 86_400_000
const clockToleranceMs = 60_000

/** Looks at the public address as an old 1C platform meets it. */
export const lookAtPublicFace = async (publicUrl: string, now: Date): Promise<FaceFinding[]> => {
  const finding = (
    id: FaceFinding['id'],
    outcome: FaceFinding['outcome'],
    found: string,
    cause?: Words,
    remedy?: Words,
  ): FaceFinding => ({
    id,
    title: titles[id],
    outcome,
    found,
    ...(cause && { cause }),
    ...(remedy && { remedy }),
  })

  const { protocol, hostname, port } = new URL(publicUrl)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  let addresses: string[]
  try {
    addresses = (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return [finding('address', 'bad', host, noName, setPublicUrl)]
  }
  const isReachable = addresses.some((address) => isPublicAddress(address))
  const findings = [
    isReachable
      ? finding('address', 'ok', `${host} → ${addresses.join(', ')}`)
      : finding('address', 'warning', `${host} → ${addresses.join(', ')}`, privateOnly, setPublicUrl),
  ]
  if (protocol !== 'https:')
    return [
      ...findings,
      finding('tls', 'warning', publicUrl, noTls, useTls),
      await clockFinding(publicUrl, now, finding),
    ]
  const look = await lookAtTls(host, Number(port === '' ? 443 : port))
  if ('error' in look) return [...findings, finding('tls', 'bad', look.error, noAnswer, checkProxy)]
  findings.push(
    look.versions.includes('TLSv1.2')
      ? finding('tls', 'ok', `${look.versions.join(', ')}; ${look.keyKind ?? ''}`)
      : finding('tls', 'bad', look.versions.join(', '), onlyNewTls, allowTls12),
    certificateFinding(look, now, finding),
    await clockFinding(publicUrl, now, finding),
  )
  return findings
}

type Finder = (
  id: FaceFinding['id'],
  outcome: FaceFinding['outcome'],
  found: string,
  cause?: Words,
  remedy?: Words,
) => FaceFinding

const certificateFinding = (look: TlsLook, now: Date, finding: Finder): FaceFinding => {
  const shown = `${look.chain.join(' ← ')}${look.validTo === undefined ? '' : `, ${look.validTo.toISOString().slice(0, 10)}`}`
  if (!look.isComplete) return finding('certificate', 'bad', shown, chainCut, sendChain)
  if (look.distrust !== undefined)
    return finding('certificate', 'bad', `${look.distrust}: ${shown}`, notTrusted, buyCertificate)
  const left = (look.validTo?.getTime() ?? Infinity) - now.getTime()
  return left < renewAheadMs
    ? finding('certificate', 'warning', shown, endsSoon, buyCertificate)
    : finding('certificate', 'ok', shown)
}

/** The public address is asked over the network, as a base asks it. */
const clockFinding = async (publicUrl: string, now: Date, finding: Finder): Promise<FaceFinding> => {
  try {
    const asked = Date.now()
    const answer = await fetch(`${publicUrl.replace(/\/+$/, '')}/health/live`, {
      signal: AbortSignal.timeout(5_000),
      redirect: 'manual',
    })
    const theirs = new Date(answer.headers.get('date') ?? '').getTime()
    const apartMs = Number.isNaN(theirs) ? 0 : theirs - (now.getTime() + (Date.now() - asked))
    const found = `${Math.round(apartMs / 1000)} с, HTTP ${answer.status}`
    return Math.abs(apartMs) > clockToleranceMs
      ? finding('clock', 'warning', found, clocksApart, synchronise)
      : finding('clock', 'ok', found)
  } catch {
    return finding('clock', 'warning', publicUrl, notFromHere, checkProxy)
  }
}

const noName = words(
  'Имя не разрешается в адрес.',
  'Атау мекенжайға шешілмейді.',
  'The name leads to no address.',
)
const privateOnly = words(
  'Адрес виден только в частной сети: база из интернета до шлюза не дойдёт.',
  'Мекенжай тек жеке желіде көрінеді: интернеттегі база шлюзге жетпейді.',
  'The address is one of a private network: a base on the internet does not reach it.',
)
const setPublicUrl = words(
  'Укажите http.publicUrl с именем, которое видно базам, и заведите его в DNS.',
  'Базаларға көрінетін атауы бар http.publicUrl көрсетіп, оны DNS-ке енгізіңіз.',
  'Give http.publicUrl a name that bases see, and put it into the DNS.',
)
const noTls = words(
  'Пароли идут без шифрования.',
  'Құпиясөздер шифрсыз жүреді.',
  'Passwords travel unencrypted.',
)
const useTls = words(
  'Поставьте перед шлюзом прокси с TLS и укажите https в http.publicUrl.',
  'Шлюз алдына TLS проксиін қойып, http.publicUrl ішінде https көрсетіңіз.',
  'Put a proxy with TLS in front and give http.publicUrl as https.',
)
const noAnswer = words(
  'По этому адресу никто не отвечает по TLS.',
  'Бұл мекенжайда TLS бойынша ешкім жауап бермейді.',
  'Nobody speaks TLS at this address.',
)
const checkProxy = words(
  'Проверьте прокси, порт и межсетевой экран; со стороны базы выполните daneker doctor connection АДРЕС ЛОГИН.',
  'Проксиді, портты және желіаралық қалқанды тексеріңіз; база жағынан daneker doctor connection МЕКЕНЖАЙ ЛОГИН орындаңыз.',
  'Check proxy, port and firewall; from the side of the base run daneker doctor connection ADDRESS LOGIN.',
)
const onlyNewTls = words(
  'Сервер говорит только TLS 1.3: старые платформы 1С (до 8.3.24) его не знают и показывают «Ошибка работы с Интернет».',
  'Сервер тек TLS 1.3 біледі: ескі 1С платформалары (8.3.24 дейін) оны білмейді.',
  'The server speaks TLS 1.3 alone: old 1C platforms (before 8.3.24) do not know it.',
)
const allowTls12 = words(
  'Разрешите TLS 1.2 на прокси.',
  'Проксиде TLS 1.2 рұқсат етіңіз.',
  'Allow TLS 1.2 at the proxy.',
)
const chainCut = words(
  'Сервер не присылает промежуточный сертификат: браузеры находят его сами, 1С — нет.',
  'Сервер аралық сертификатты жібермейді: браузерлер оны өздері табады, 1С таппайды.',
  'The server does not send its intermediate certificate: browsers fetch it, 1C does not.',
)
const sendChain = words(
  'Укажите на прокси файл полной цепочки (fullchain).',
  'Проксиде толық тізбек файлын (fullchain) көрсетіңіз.',
  'Give the proxy the file with the full chain.',
)
const notTrusted = words(
  'Сертификату не доверяют.',
  'Сертификатқа сенбейді.',
  'The certificate is not trusted.',
)
const buyCertificate = words(
  'Поставьте действующий сертификат на это имя от центра, которому доверяют Windows и платформа 1С.',
  'Windows пен 1С платформасы сенетін орталықтан осы атауға жарамды сертификат қойыңыз.',
  'Install a valid certificate for this name, of an authority that Windows and the 1C platform trust.',
)
const endsSoon = words(
  'Сертификат скоро кончится.',
  'Сертификат мерзімі жақында бітеді.',
  'The certificate ends soon.',
)
const clocksApart = words(
  'Часы прокси и шлюза расходятся.',
  'Прокси мен шлюз сағаттары әртүрлі.',
  'The clocks of proxy and gateway differ.',
)
const synchronise = words(
  'Включите синхронизацию времени (NTP).',
  'Уақытты синхрондауды (NTP) қосыңыз.',
  'Switch on time synchronisation (NTP).',
)
const notFromHere = words(
  'Сам шлюз до своего публичного адреса не доходит.',
  'Шлюздің өзі өзінің жария мекенжайына жетпейді.',
  'The gateway itself does not reach its public address.',
)

function words(ru: string, kk: string, en: string): Words {
  return { ru, kk, en }
}

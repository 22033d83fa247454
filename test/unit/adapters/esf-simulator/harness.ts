import { createPrivateKey, sign } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { SignedXml } from 'xml-crypto'
import type { EsfSimulator, EsfSimulatorOptions } from '../../../../src/adapters/esf-simulator/index.ts'
import { startEsfSimulator } from '../../../../src/adapters/esf-simulator/index.ts'

/** Companies and a person of the tests: numbers with valid check digits, nobody's names. */
export const seller = '260140000114'
export const customer = '260140000604'
export const iin = '900101300017'
export const customerIin = '900101300027'
export const password = 'Cabinet-1'

export const noon = new Date('2026-03-10T07:00:00Z')

export interface TestKey {
  /** Base64 DER. */
  readonly certificate: string
  readonly pem: string
  readonly privateKeyPem: string
  sign(text: string): string
}

/** A self-signed RSA-2048 key whose subject looks like one of the national CA's. */
export const makeKey = async (
  subject: { iin: string; bin?: string; keyAlgorithm?: string },
  validity: { from: Date; to: Date } = {
    from: new Date('2026-01-01T00:00:00Z'),
    to: new Date('2027-01-01T00:00:00Z'),
  },
): Promise<TestKey> => {
  const keys = await crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  )
  const certificate = new pkijs.Certificate()
  certificate.version = 2
  certificate.serialNumber = new asn1js.Integer({ value: 1 })
  const attribute = (type: string, value: string): pkijs.AttributeTypeAndValue =>
    new pkijs.AttributeTypeAndValue({ type, value: new asn1js.Utf8String({ value }) })
  const names = [
    attribute('2.5.4.3', 'TEST KEY'),
    attribute('2.5.4.5', `IIN${subject.iin}`),
    ...(subject.bin === undefined ? [] : [attribute('2.5.4.11', `BIN${subject.bin}`)]),
  ]
  certificate.subject.typesAndValues.push(...names)
  certificate.issuer.typesAndValues.push(...names)
  certificate.notBefore.value = validity.from
  certificate.notAfter.value = validity.to
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey)
  if (subject.keyAlgorithm !== undefined) {
    certificate.subjectPublicKeyInfo.algorithm.algorithmId = subject.keyAlgorithm
  }
  await certificate.sign(keys.privateKey, 'SHA-256')
  const der = Buffer.from(certificate.toSchema(true).toBER(false)).toString('base64')
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  return {
    certificate: der,
    pem: `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----`,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    sign: (text) => sign('sha256', Buffer.from(text, 'utf8'), privateKey).toString('base64'),
  }
}

export const startPortal = (options: Partial<EsfSimulatorOptions> = {}): Promise<EsfSimulator> =>
  startEsfSimulator({
    users: [
      { iin, password, tins: [seller] },
      { iin: customerIin, password, tins: [customer] },
    ],
    clock: { now: () => noon },
    seed: 7,
    ...options,
  })

export interface HttpAnswer {
  readonly status: number
  readonly body: string
  readonly type: string
}

/** Sends raw bytes, as a stranger's client would; rejects when the connection is cut. */
export const post = (
  portal: EsfSimulator,
  service: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(
      `${portal.url}/${service}`,
      {
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""', ...headers },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('aborted', () => reject(new Error('cut')))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            type: response.headers['content-type'] ?? '',
          }),
        )
      },
    )
    request.on('error', reject)
    request.end(body)
  })

export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')

export const unescape = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')

const token = (username: string, secret: string): string =>
  `<wsse:Security s:mustUnderstand="1" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><wsse:UsernameToken><wsse:Username>${username}</wsse:Username><wsse:Password>${secret}</wsse:Password></wsse:UsernameToken></wsse:Security>`

export const envelope = (
  content: string,
  login?: { iin: string; password: string },
  namespace = 'esf',
): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="${namespace}"><s:Header>${login === undefined ? '' : token(login.iin, login.password)}</s:Header><s:Body>${content}</s:Body></s:Envelope>`

/** Text of the first element with this local name. */
export const pick = (xml: string, name: string): string | undefined =>
  new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([\\s\\S]*?)</(?:\\w+:)?${name}>`).exec(xml)?.[1]

export const pickAll = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([\\s\\S]*?)</(?:\\w+:)?${name}>`, 'g'))].map(
    (match) => match[1] ?? '',
  )

export const signTicket = (ticket: string, key: TestKey): string => {
  const signer = new SignedXml({
    privateKey: key.privateKeyPem,
    publicCert: key.pem,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  })
  signer.addReference({
    xpath: '/*',
    isEmptyUri: true,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
    ],
  })
  signer.computeSignature(ticket, { prefix: 'ds' })
  return signer.getSignedXml()
}

export const askTicket = async (portal: EsfSimulator, who = iin, ttl = 15): Promise<string> => {
  const { body } = await post(
    portal,
    'AuthService',
    envelope(
      `<q:createAuthTicketRequest><iin>${who}</iin><ttlInMinutes>${ttl}</ttlInMinutes></q:createAuthTicketRequest>`,
    ),
  )
  return unescape(pick(body, 'authTicketXml') ?? '')
}

export const createSessionSigned = (
  portal: EsfSimulator,
  signedTicket: string,
  login: { iin: string; password: string } | undefined = { iin, password },
  tin = seller,
): Promise<HttpAnswer> =>
  post(
    portal,
    'SessionService',
    envelope(
      `<q:createSessionSignedRequest><tin>${tin}</tin><signedAuthTicket>${escape(signedTicket)}</signedAuthTicket></q:createSessionSignedRequest>`,
      login,
    ),
  )

/** The old login: one call instead of two. */
export const login = async (portal: EsfSimulator, key: TestKey, who = iin, tin = seller): Promise<string> => {
  const { body } = await post(
    portal,
    'SessionService',
    envelope(
      `<q:createSessionRequest><tin>${tin}</tin><x509Certificate>${key.certificate}</x509Certificate></q:createSessionRequest>`,
      { iin: who, password },
    ),
  )
  const sessionId = pick(body, 'sessionId')
  if (sessionId === undefined) throw new Error(`no session: ${body}`)
  return sessionId
}

export interface InvoiceTemplate {
  num?: string
  date?: string
  turnoverDate?: string
  kind?: string
  related?: { num: string; date: string; registrationNumber?: string }
  price?: string
  rate?: string
  nds?: string
  total?: string
  sellerTin?: string
  customerTin?: string
  unit?: string
  extra?: string
}

/** A valid invoice of one line; a test states only what matters. */
export const anInvoice = (template: InvoiceTemplate = {}): string => {
  const { num = '1', date = '10.03.2026', turnoverDate = '09.03.2026', kind = 'ORDINARY_INVOICE' } = template
  const {
    price = '100000',
    rate = '16',
    nds = '16000',
    total = '116000',
    unit = '796',
    extra = '',
  } = template
  const { sellerTin = seller, customerTin = customer, related } = template
  const relatedXml =
    related === undefined
      ? ''
      : `<relatedInvoice><date>${related.date}</date><num>${related.num}</num>${related.registrationNumber === undefined ? '' : `<registrationNumber>${related.registrationNumber}</registrationNumber>`}</relatedInvoice>`
  return `<v2:invoice xmlns:a="abstractInvoice.esf" xmlns:v2="v2.esf"><date>${date}</date><invoiceType>${kind}</invoiceType><num>${num}</num><operatorFullname></operatorFullname>${relatedXml}<turnoverDate>${turnoverDate}</turnoverDate><customers><customer><countryCode>KZ</countryCode><name>Покупатель &amp; Ко</name><tin>${customerTin}</tin></customer></customers>${extra}<productSet><currencyCode>KZT</currencyCode><products><product><catalogTruId>1</catalogTruId><description>Услуги связи</description><ndsAmount>${nds}</ndsAmount>${rate === '' ? '' : `<ndsRate>${rate}</ndsRate>`}<priceWithTax>${total}</priceWithTax><priceWithoutTax>${price}</priceWithoutTax><truOriginCode>6</truOriginCode><turnoverSize>${price}</turnoverSize><unitNomenclature>${unit}</unitNomenclature></product></products><totalExciseAmount>0</totalExciseAmount><totalNdsAmount>${nds}</totalNdsAmount><totalPriceWithTax>${total}</totalPriceWithTax><totalPriceWithoutTax>${price}</totalPriceWithoutTax><totalTurnoverSize>${price}</totalTurnoverSize></productSet><sellers><seller><name>Поставщик</name><tin>${sellerTin}</tin></seller></sellers></v2:invoice>`
}

export const uploadRequest = (
  sessionId: string,
  key: TestKey,
  bodies: readonly string[],
  version = 'InvoiceV2',
): string =>
  envelope(
    `<q:syncInvoiceRequest><sessionId>${sessionId}</sessionId><invoiceUploadInfoList>${bodies
      .map(
        (body) =>
          `<invoiceUploadInfo><invoiceBody>${escape(body)}</invoiceBody><version>${version}</version><signature>${key.sign(body)}</signature><signatureType>COMPANY</signatureType></invoiceUploadInfo>`,
      )
      .join(
        '',
      )}</invoiceUploadInfoList><x509Certificate>${key.certificate}</x509Certificate></q:syncInvoiceRequest>`,
  )

export const upload = (
  portal: EsfSimulator,
  sessionId: string,
  key: TestKey,
  ...bodies: string[]
): Promise<HttpAnswer> => post(portal, 'UploadInvoiceService', uploadRequest(sessionId, key, bodies))

/** One call of InvoiceService; `content` follows the sessionId. */
export const ask = (
  portal: EsfSimulator,
  operation: string,
  sessionId: string,
  content: string,
): Promise<HttpAnswer> =>
  post(
    portal,
    'InvoiceService',
    envelope(`<q:${operation}Request><sessionId>${sessionId}</sessionId>${content}</q:${operation}Request>`),
  )

export const ids = (...list: string[]): string =>
  `<idList>${list.map((id) => `<id>${id}</id>`).join('')}</idList>`

export const withReason = (key: TestKey, reason: string, ...list: string[]): string =>
  `<signature>${key.sign(list.join())}</signature><x509Certificate>${key.certificate}</x509Certificate><idWithReasonList>${list
    .map((id) => `<invoiceIdWithReason><id>${id}</id><reason>${reason}</reason></invoiceIdWithReason>`)
    .join('')}</idWithReasonList>`

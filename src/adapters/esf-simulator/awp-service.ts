import type { Portal } from './portal.ts'
import type { PortalError } from './portal-error.ts'
import { portalError } from './portal-error.ts'
import type { Complex, Content } from './schema.ts'
import { checkContent, int, list, maybe, one, sequence, simple, some } from './schema.ts'
import type { Handler } from './service.ts'
import type { PortalCertificate } from './signatures.ts'
import { readCertificate, verifyRsaRaw } from './signatures.ts'
import { SoapFault } from './soap.ts'
import type { ActRow, SessionRow } from './state.ts'
import { firstId } from './state.ts'
import { errorContent } from './upload-service.ts'
import { isoDate } from './invoice.ts'
import { checkCertificate } from './light-check.ts'
import type { XmlElement } from './xml.ts'
import { XmlError, child, childText, childrenOf, parseXml, textsAt } from './xml.ts'

const usualLimit = 100

const decimalText = simple('decimal')

const bankDetails = sequence('AwpBankDetails', maybe('bank'), maybe('bik'), maybe('iik'), maybe('kbe', int))

const participantHead = [
  maybe('additionalInfo'),
  maybe('address'),
  maybe('branchTin'),
  maybe('invitationEmail'),
  maybe('tin'),
]

/** The act form V1 of the SDK of 2023 [W], with the fields that the live portal has added since [L]. */
const actForm: Complex = sequence(
  'AwpV1',
  one('date'),
  one('number'),
  one('performedDate'),
  maybe('registrationNumber'),
  maybe('additionalInfo'),
  maybe('awpType'),
  one(
    'contract',
    sequence('AwpContract', maybe('date'), one('isContract'), maybe('number'), maybe('registrationNumber')),
  ),
  maybe(
    'recipients',
    sequence(
      undefined,
      some(
        'recipient',
        sequence(
          'AwpRecipientParticipant',
          ...participantHead,
          maybe('bankDetails', bankDetails),
          one('name'),
          one('nonResident'),
          maybe('registrationType'),
        ),
      ),
    ),
  ),
  maybe(
    'senders',
    sequence(
      undefined,
      some(
        'sender',
        sequence(
          'AwpSenderParticipant',
          ...participantHead,
          maybe('bankDetails', bankDetails),
          maybe('certificateNum'),
          maybe('certificateSeries'),
          one('name'),
        ),
      ),
    ),
  ),
  maybe(
    'worksPerformed',
    sequence(
      'AwpWorksPerformed',
      one('currencyCode'),
      maybe('rate', decimalText),
      maybe('total'),
      one('totalNdsAmount', decimalText),
      one('totalSumWithTax', decimalText),
      one('totalSumWithoutTax', decimalText),
      one('totalTurnoverSize', decimalText),
      list(
        'works',
        some(
          'work',
          sequence(
            'AwpWork',
            maybe('additionalInfo'),
            maybe('gsvsCode'),
            maybe('measureUnitCode'),
            one('name'),
            maybe('ndsAmount', decimalText),
            maybe('ndsRate', int),
            maybe('quantity', decimalText),
            one('sumWithTax', decimalText),
            one('sumWithoutTax', decimalText),
            one('turnoverSize', decimalText),
            one('unitPriceWithoutTax', decimalText),
          ),
        ),
      ),
    ),
  ),
)

interface UploadedAct {
  readonly body: string
  readonly signature: string
  readonly signatureType: string
}

/** Acts of work: upload, delivery, status. Confirmation, refusal and termination by signed actions are not simulated. */
export const awpHandlers = (portal: Portal): Record<string, Handler> => ({
  uploadAwp: async ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    const certificateText = childText(payload, 'x509Certificate') ?? ''
    const certificate = readCertificate(certificateText)
    const accepted: Content[] = []
    const declined: Content[] = []
    const checked = []
    for (const info of childrenOf(child(payload, 'awpInfoList'), 'awpInfo')) {
      const upload: UploadedAct = {
        body: child(info, 'awpBody')?.text ?? '',
        signature: childText(info, 'signature') ?? '',
        signatureType: childText(info, 'signatureType') ?? '',
      }
      checked.push({ upload, ...(await checkAct(portal, session, upload, certificateText, certificate)) })
    }
    for (const { upload, act, errors } of checked) {
      const number = childText(act, 'number') ?? ''
      const date = childText(act, 'date') ?? ''
      const isTaken = [...portal.state.acts.values()].some(
        ({ fact }) => fact.senderTin === session.tin && fact.number === number && fact.date === date,
      )
      const all = isTaken ? [...errors, portalError('NOT_UNIQUE_DB_ERROR_MSG', 'number')] : errors
      if (act === undefined || all.length > 0) {
        declined.push({ errorList: { error: all.map(errorContent) }, number, date })
        continue
      }
      const id = portal.state.nextId()
      portal.write({
        kind: 'awp.accepted',
        id,
        number,
        date,
        senderTin: session.tin,
        senderIin: session.iin,
        senderTins: textsAt(act, 'senders', 'sender', 'tin'),
        recipientTins: textsAt(act, 'recipients', 'recipient', 'tin'),
        body: upload.body,
        signature: upload.signature,
        signatureType: upload.signatureType,
        certificateDigest: portal.certificateDigest(certificateText),
      })
      accepted.push({ awpId: id, number, date })
    }
    return { acceptedList: { awpUploadResult: accepted }, declinedList: { awpUploadResult: declined } }
  },

  queryUpdate: ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    const since = new Date(childText(payload, 'lastEventDate') ?? '')
    const lastId = childText(payload, 'lastAwpId') ?? '0'
    const lastSeq = BigInt(lastId) - firstId
    const limit = Math.max(1, Number(childText(payload, 'limit') ?? usualLimit))
    const block = [...portal.state.acts.values()]
      .filter((act) => isParty(act, session))
      .filter(({ lastUpdateAt, seq }) => {
        const difference = lastUpdateAt.getTime() - since.getTime()
        return difference > 0 || (difference === 0 && seq > lastSeq)
      })
      .sort((a, b) => a.lastUpdateAt.getTime() - b.lastUpdateAt.getTime() || (a.seq < b.seq ? -1 : 1))
      .slice(0, limit)
    const last = block.at(-1)
    if (last !== undefined) portal.observed(last.lastUpdateAt)
    return {
      lastEventDate: last?.lastUpdateAt ?? since,
      lastAwpId: last?.id ?? lastId,
      awpInfoList: { awpInfo: block.map((act) => infoContent(portal, act)) },
    }
  },

  queryViewAwp: ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    return {
      resultList: {
        changeStatusResult: actsOf(portal, session, payload).map((act) => {
          const isChanged = act.status === 'NOT_VIEWED' && act.fact.recipientTins.includes(session.tin)
          if (isChanged) portal.write({ kind: 'awp.status', id: act.id, status: 'DELIVERED' })
          return { awpSummary: summaryContent(act), isChanged }
        }),
      },
    }
  },

  queryAwpStatusById: ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    return { awpSummaryList: { awpSummary: actsOf(portal, session, payload).map(summaryContent) } }
  },

  queryAwpById: ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    const acts = actsOf(portal, session, payload)
    return {
      lastBlock: true,
      currPage: 0,
      rsCount: acts.length,
      awpInfoList: { awpInfo: acts.map((act) => infoContent(portal, act)) },
    }
  },
})

const checkAct = async (
  portal: Portal,
  session: SessionRow,
  upload: UploadedAct,
  certificateText: string,
  certificate: PortalCertificate | undefined,
): Promise<{ act: XmlElement | undefined; errors: PortalError[] }> => {
  let act: XmlElement
  try {
    act = parseXml(upload.body)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return { act: undefined, errors: [portalError('WRONG_XML_FORMAT', 'awpBody', error.message)] }
  }
  if (act.name !== 'awp' || act.namespace !== 'v1.awp') {
    return { act: undefined, errors: [portalError('FLK_VALITATION_FAILED', 'awp')] }
  }
  const errors = checkContent(act, actForm).map((fault) =>
    portalError('FLK_VALITATION_FAILED', fault.path, fault.message),
  )
  for (const name of ['date', 'performedDate']) {
    if (isoDate(childText(act, name) ?? '') === undefined) errors.push(portalError('WRONG_DATE', name))
  }
  if (!textsAt(act, 'senders', 'sender', 'tin').includes(session.tin)) {
    errors.push({
      property: 'senders',
      errorCode: 'AWP_SENDER_TIN_NOT_EQUALS_WITH_TIN_IN_SESSION',
      text: 'ИИН/БИН исполнителя не совпадает с ИИН/БИН сессии',
    })
  }
  const certificateErrors = checkCertificate(portal, session, upload.signatureType, certificate)
  if (certificateErrors.length > 0) return { act, errors: [...errors, ...certificateErrors] }
  const holds = await (portal.options.verifyRaw ?? verifyRsaRaw)({
    data: Buffer.from(upload.body, 'utf8'),
    signature: Buffer.from(upload.signature, 'base64'),
    certificate: certificateText,
  })
  return {
    act,
    errors: holds ? errors : [...errors, portalError('SIGNATURE_VERIFICATION_FAILED', 'signature')],
  }
}

const isParty = ({ fact, registrationNumber }: ActRow, session: SessionRow): boolean =>
  fact.senderTin === session.tin ||
  (fact.recipientTins.includes(session.tin) && registrationNumber !== undefined)

const actsOf = (portal: Portal, session: SessionRow, payload: XmlElement): ActRow[] => {
  const ids = textsAt(payload, 'idList', 'id')
  if (ids.length === 0) throw SoapFault.declared('business', 'FIELD_IS_NULL: idList')
  return ids.flatMap((id) => {
    const act = portal.state.acts.get(id)
    return act !== undefined && isParty(act, session) ? [act] : []
  })
}

const summaryContent = (act: ActRow): Content => ({
  awpId: act.id,
  inputDate: act.acceptedAt,
  registrationNumber: act.registrationNumber,
  version: 'AwpV1',
  status: act.status,
  lastUpdateDate: act.lastUpdateAt,
  senderTinList: { senderTin: act.fact.senderTins },
  recipientTinList: { recipientTin: act.fact.recipientTins },
})

const infoContent = (portal: Portal, act: ActRow): Content => ({
  awpBody: act.fact.body,
  awpId: act.id,
  inputDate: act.acceptedAt,
  registrationNumber: act.registrationNumber,
  version: 'AwpV1',
  status: act.status,
  lastUpdateDate: act.lastUpdateAt,
  signature: act.fact.signature,
  signatureType: act.fact.signatureType,
  certificate: portal.state.certificates.get(act.fact.certificateDigest) ?? '',
  signatureValid: true,
  creatorLogin: act.fact.senderIin,
})

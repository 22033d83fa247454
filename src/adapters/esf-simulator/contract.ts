import type { Complex } from './schema.ts'
import {
  all,
  any,
  boolean,
  dateTime,
  enumeration,
  int,
  list,
  long,
  maybe,
  one,
  sequence,
  simple,
  some,
  string,
} from './schema.ts'

/**
 * The services of the portal as data, written from its published contract. From this one table come the
 * check of requests, the order of answers and the WSDL texts.
 *
 * Sources are marked as everywhere in this folder: [W] published WSDL or document, [L] seen live by
 * integrators, [C] only in somebody's client, [?] our inference.
 */
export interface Service {
  readonly name: string
  readonly namespace: string
  readonly operations: Readonly<Record<string, Operation>>
}

export interface Operation {
  readonly request: Message
  readonly response: Message
  readonly faults: readonly FaultName[]
}

export interface Message {
  readonly element: string
  readonly type: Complex
}

export type FaultName = 'accessDenied' | 'business' | 'sessionClosed'

/** Element and type that carry the reason of a declared fault. */
export const faultElements: Record<FaultName, { element: string; type: Complex; message: string }> = {
  accessDenied: {
    element: 'accessDeniedException',
    type: sequence('AccessDeniedFault', one('description')),
    message: 'AccessDeniedException',
  },
  business: {
    element: 'businessException',
    type: sequence('BusinessFault', one('description')),
    message: 'BusinessException',
  },
  sessionClosed: {
    element: 'sessionClosedException',
    type: sequence('SessionClosedFault', one('description')),
    message: 'SessionClosedException',
  },
}

const allFaults: readonly FaultName[] = ['accessDenied', 'business', 'sessionClosed']

const message = (element: string, type: Complex): Message => ({ element, type })
const withSession = (name: string): Complex => sequence(name, one('sessionId'))

export const invoiceStatuses = [
  'IN_QUEUE',
  'IN_PROCESSING',
  'CREATED',
  'DELIVERED',
  'CANCELED',
  'CANCELED_BY_OGD',
  'CANCELED_BY_SNT_DECLINE',
  'CANCELED_BY_SNT_REVOKE',
  'REVOKED',
  'IMPORTED',
  'DRAFT',
  'FAILED',
  'DELETED',
  'DECLINED',
  // Since 2026 [C]: absent from older WSDLs, a client made from those must survive them.
  'SEND_TO_ISGO',
  'WAIT_BIOMETRICS_VERIFICATION',
  'FAILED_BIOMETRICS_VERIFICATION',
  'DELETED_BIOMETRICS_VERIFICATION',
  'WAITING_CUSTOMER_CONFIRMATION',
  'WAITING_CUSTOMER_REVOKE_CONFIRMATION',
] as const
export type InvoiceStatus = (typeof invoiceStatuses)[number]

export const businessProfileTypes = [
  'ADMIN_ENTERPRISE',
  'USER',
  'ENTREPRENEUR',
  'ENTREPRENEUR_USER',
  'INDIVIDUAL',
  'LAWYER',
  'BAILIFF',
  'MEDIATOR',
  'NOTARY',
  'LAWYER_USER',
  'BAILIFF_USER',
  'MEDIATOR_USER',
  'NOTARY_USER',
  'PROJECT_ADMIN',
  'PROJECT_USER',
] as const

const profileType = enumeration(...businessProfileTypes)
const sourceType = enumeration('BROWSER', 'DESKTOP', 'ERP_1C', 'ERP_SAP', 'OTHER')
const sessionStatus = enumeration('OK', 'CLOSED', 'NOT_FOUND')
const signatureType = enumeration('COMPANY', 'OPERATOR')
const direction = enumeration('INBOUND', 'OUTBOUND')
const userStatus = enumeration('ACTIVE', 'BLOCKED', 'ENTERPRISE_ADMIN_CHANGE_BLOCKED', 'ENTERPRISE_BLOCKED')
const invoiceKind = enumeration('ORDINARY_INVOICE', 'FIXED_INVOICE', 'ADDITIONAL_INVOICE')
const signatureText = simple('string', { maxLength: 400 })

// --- AuthService -------------------------------------------------------------------------------------

const authService: Service = {
  name: 'AuthService',
  namespace: 'esf',
  operations: {
    createAuthTicket: {
      request: message(
        'createAuthTicketRequest',
        sequence('CreateAuthTicketRequest', one('iin'), maybe('ttlInMinutes', int)),
      ),
      response: message(
        'createAuthTicketResponse',
        sequence('CreateAuthTicketResponse', one('authTicketXml')),
      ),
      faults: ['accessDenied', 'business'],
    },
  },
}

// --- SessionService ----------------------------------------------------------------------------------

const createSessionResponse = message(
  'createSessionResponse',
  sequence('createSessionResponse', one('sessionId')),
)
const closeSessionResponse = message(
  'closeSessionResponse',
  sequence('closeSessionResponse', one('status', sessionStatus)),
)

const taxpayer = sequence(
  'Taxpayer',
  one('tin'),
  maybe('nameRu'),
  maybe('nameKz'),
  maybe('addressRu'),
  maybe('certificateSeries'),
  maybe('certificateNum'),
  one('resident', boolean),
  maybe(
    'type',
    enumeration('NOT_SET', 'INDIVIDUAL', 'INDIVIDUAL_ENTREPRENEUR', 'PRIVATE_ENTERPRISE', 'STATE_ENTERPRISE'),
  ),
  one('resourceUser', boolean),
)

const user = sequence(
  'User',
  one('login'),
  maybe('email'),
  maybe('mobile'),
  one('status', userStatus),
  maybe('reason'),
  one('taxpayer', taxpayer),
)

const profileInfo = sequence(
  'profileInfo',
  maybe('iin'),
  maybe('tin'),
  maybe('businessProfileType', profileType),
  maybe('status', userStatus),
  maybe('type', enumeration('GENERAL', 'PROJECT')),
  maybe('projectParticipantType', enumeration('ATTORNEY', 'OPERATOR', 'TRUSTER', 'CONTRACTOR')),
  maybe('projectCode', long),
  maybe('projectName'),
)

const sessionService: Service = {
  name: 'SessionService',
  namespace: 'esf',
  operations: {
    createSession: {
      request: message(
        'createSessionRequest',
        sequence(
          'createSessionRequest',
          one('tin'),
          maybe('projectCode', long),
          maybe('businessProfileType', profileType),
          one('x509Certificate'),
          maybe('sourceType', sourceType),
        ),
      ),
      response: createSessionResponse,
      faults: ['accessDenied', 'business'],
    },
    createSessionSigned: {
      request: message(
        'createSessionSignedRequest',
        sequence(
          'createSessionSignedRequest',
          one('tin'),
          maybe('projectCode', long),
          maybe('businessProfileType', profileType),
          one('signedAuthTicket'),
          maybe('sourceType', sourceType),
        ),
      ),
      response: createSessionResponse,
      faults: ['accessDenied', 'business'],
    },
    closeSession: {
      request: message('closeSessionRequest', withSession('closeSessionRequest')),
      response: closeSessionResponse,
      faults: [],
    },
    closeSessionByCredentials: {
      request: message(
        'closeSessionByCredentialsRequest',
        sequence(
          'closeSessionByCredentialsRequest',
          one('tin'),
          maybe('projectCode', long),
          maybe('businessProfileType', profileType),
          one('x509Certificate'),
        ),
      ),
      response: closeSessionResponse,
      faults: ['accessDenied', 'business'],
    },
    closeSessionBySignedCredentials: {
      request: message(
        'closeSessionBySignedCredentialsRequest',
        sequence(
          'closeSessionBySignedCredentialsRequest',
          one('tin'),
          maybe('businessProfileType', profileType),
          one('signedAuthTicket'),
        ),
      ),
      response: closeSessionResponse,
      faults: ['accessDenied', 'business'],
    },
    currentSessionStatus: {
      request: message('currentSessionStatusRequest', withSession('currentSessionStatusRequest')),
      response: message(
        'currentSessionStatusResponse',
        sequence('currentSessionStatusResponse', one('status', sessionStatus)),
      ),
      faults: [],
    },
    currentUser: {
      request: message('currentUserRequest', withSession('currentUserRequest')),
      response: message('currentUserResponse', sequence('currentUserResponse', one('user', user))),
      faults: ['sessionClosed'],
    },
    currentUserProfiles: {
      request: message('currentUserProfilesRequest', withSession('currentUserProfilesRequest')),
      response: message(
        'currentUserProfilesResponse',
        sequence('currentUserProfilesResponse', list('profileInfoList', any('profileInfo', profileInfo))),
      ),
      faults: ['sessionClosed'],
    },
  },
}

// --- UploadInvoiceService ----------------------------------------------------------------------------

const error = sequence('Error', maybe('property'), maybe('errorCode'), maybe('text'))

const invoiceUploadInfo = all(
  'invoiceUploadInfo',
  one('invoiceBody'),
  one('version'),
  one('signature', signatureText),
  one('signatureType', signatureType),
)

const standardResponse = sequence(
  'StandardResponse',
  maybe('errors', sequence(undefined, some('error', error))),
  maybe('id', long),
  one('num'),
  one('date'),
)

const uploadInvoiceService: Service = {
  name: 'UploadInvoiceService',
  namespace: 'esf',
  operations: {
    syncInvoice: {
      request: message(
        'syncInvoiceRequest',
        sequence(
          'SyncInvoiceRequest',
          one('sessionId'),
          list('invoiceUploadInfoList', any('invoiceUploadInfo', invoiceUploadInfo)),
          one('x509Certificate'),
        ),
      ),
      response: message(
        'syncInvoiceResponse',
        sequence(
          'SyncInvoiceResponse',
          list('acceptedSet', any('standardResponse', standardResponse)),
          list('declinedSet', any('standardResponse', standardResponse)),
        ),
      ),
      faults: allFaults,
    },
  },
}

// --- InvoiceService ----------------------------------------------------------------------------------

/** Open on purpose: the portal's enums grow, and the simulator can answer values that nobody knows. */
const openStatus = string

const deadline = sequence(
  'deadline',
  maybe('dateInput', dateTime),
  maybe('deadlineDate', dateTime),
  maybe('documentId', long),
  maybe('documentType'),
  maybe('registrationNumber'),
  maybe('tin'),
  maybe('type'),
)

const invoiceInfo = all(
  'InvoiceInfo',
  one('invoiceBody'),
  maybe('invoiceId', long),
  maybe('registrationNumber'),
  one('inputDate', dateTime),
  maybe('deliveryDate', dateTime),
  one('lastUpdateDate', dateTime),
  one('signatureValid', boolean),
  maybe('invoiceStatus', openStatus),
  maybe('cancelReason'),
  one('version'),
  maybe('hash'),
  one('signature', signatureText),
  one('signatureType', signatureType),
  one('certificate'),
  maybe('deadline', deadline),
  maybe('kogd'),
)

const invoiceSummary = all(
  'InvoiceSummary',
  one('invoiceId', long),
  maybe('date'),
  maybe('invoiceStatus', openStatus),
  maybe('num'),
  maybe('cancelReason'),
  maybe('registrationNumber'),
  maybe('lastUpdateDate', dateTime),
)

const idList = list('idList', some('id', long))
const byId = sequence('InvoiceByIdRequest', one('sessionId'), idList)
const byIdWithReason = sequence(
  'InvoiceByIdWithReasonRequest',
  one('sessionId'),
  one('signature'),
  one('x509Certificate'),
  list(
    'idWithReasonList',
    some('invoiceIdWithReason', sequence('InvoiceIdWithReason', one('id', long), one('reason'))),
  ),
)
const byKey = sequence(
  'InvoiceByKeyRequest',
  one('sessionId'),
  list('invoiceKeyList', some('invoiceKey', all('InvoiceKey', one('date'), one('num')))),
  one('direction', direction),
)
const queryResponse = sequence(
  'QueryInvoiceResponse',
  one('lastBlock', boolean),
  one('currPage', int),
  one('rsCount', int),
  list('invoiceInfoList', any('invoiceInfo', invoiceInfo)),
)
const summaryResponse = sequence(
  'InvoiceSummaryResponse',
  list('invoiceSummaryList', any('invoiceSummary', invoiceSummary)),
)
const changeResponse = sequence(
  'TryChangeStatusResponse',
  list(
    'resultList',
    any(
      'changeStatusResult',
      sequence(
        'ChangeStatusResult',
        one('invoiceSummary', invoiceSummary),
        one('isChanged', boolean),
        maybe('errorCode'),
      ),
    ),
  ),
)

const invoiceOperation = (
  name: string,
  request: Complex,
  response: Complex,
  faults: readonly FaultName[] = allFaults,
): Record<string, Operation> => ({
  [name]: {
    request: message(`${name}Request`, request),
    response: message(`${name}Response`, response),
    faults,
  },
})

const invoiceService: Service = {
  name: 'InvoiceService',
  namespace: 'esf',
  operations: {
    ...invoiceOperation(
      'queryInvoice',
      sequence(
        'QueryInvoiceRequest',
        one('sessionId'),
        one(
          'criteria',
          sequence(
            'QueryInvoiceCriteria',
            one('direction', direction),
            maybe('contragentTin'),
            one('dateFrom', dateTime),
            one('dateTo', dateTime),
            maybe('lastUpdateDateFrom', dateTime),
            maybe('lastUpdateDateTo', dateTime),
            maybe(
              'invoiceStatusList',
              sequence(undefined, some('invoiceStatus', enumeration(...invoiceStatuses))),
            ),
            maybe('invoiceType', invoiceKind),
            maybe('orderBy'),
            one('asc', boolean),
            maybe('pageNum', int),
          ),
        ),
      ),
      queryResponse,
    ),
    ...invoiceOperation('queryInvoiceById', byId, queryResponse),
    ...invoiceOperation('queryInvoiceByKey', byKey, queryResponse),
    ...invoiceOperation('queryInvoiceSummaryById', byId, summaryResponse),
    ...invoiceOperation('queryInvoiceSummaryByKey', byKey, summaryResponse),
    ...invoiceOperation(
      'queryUpdates',
      sequence(
        'QueryInvoiceUpdateRequest',
        one('sessionId'),
        one('lastEventDate', dateTime),
        maybe('lastInvoiceId', long),
        one('direction', direction),
        maybe('limit', int),
        one('fullInfoOnStatusChange', boolean),
      ),
      sequence(
        'QueryInvoiceUpdateResponse',
        one('lastEventDate', dateTime),
        maybe('lastInvoiceId', long),
        one('lastBlock', boolean),
        list('invoiceInfoList', any('invoiceInfo', invoiceInfo)),
      ),
    ),
    ...invoiceOperation(
      'queryInvoiceErrorById',
      byId,
      sequence(
        'InvoiceErrorByIdResponse',
        list(
          'invoiceErrorList',
          any(
            'invoiceError',
            sequence(
              'InvoiceError',
              one('invoiceId', long),
              maybe('errors', sequence(undefined, some('error', error))),
            ),
          ),
        ),
      ),
    ),
    ...invoiceOperation(
      'queryInvoiceHistoryById',
      byId,
      sequence(
        'QueryInvoiceHistoryByIdResponse',
        list(
          'resultList',
          any(
            'esfHistory',
            all(
              'InvoiceInfoHistoryRecord',
              maybe('invoiceId', long),
              maybe('status', openStatus),
              maybe('dateTime', dateTime),
              maybe('userId'),
              maybe('tin'),
              maybe('statusDescription'),
              maybe('clientType', enumeration('WEB', 'API', 'API_VS')),
            ),
          ),
        ),
      ),
    ),
    ...invoiceOperation('confirmInvoiceById', byId, summaryResponse, ['business', 'sessionClosed']),
    ...invoiceOperation('declineInvoiceById', byIdWithReason, changeResponse),
    ...invoiceOperation('revokeInvoiceById', byIdWithReason, changeResponse),
    ...invoiceOperation('unrevokeInvoiceById', byIdWithReason, changeResponse),
    ...invoiceOperation(
      'deleteInvoiceById',
      sequence(
        'DeleteInvoiceByIdRequest',
        one('sessionId'),
        idList,
        one('signature'),
        one('x509Certificate'),
      ),
      sequence(
        'DeleteInvoiceByIdResponse',
        list(
          'resultList',
          any(
            'changeStatusResult',
            sequence('DeleteResult', one('invoiceId', long), one('isDeleted', boolean)),
          ),
        ),
      ),
    ),
    ...invoiceOperation(
      'enterpriseValidation',
      sequence(
        'EnterpriseValidationRequest',
        one('sessionId'),
        list(
          'enterpriseKeyList',
          some(
            'enterpriseKey',
            sequence(
              'EnterpriseKey',
              one('certificateSeries'),
              one('certificateNum'),
              one('tin'),
              maybe('bik'),
              maybe('iik'),
            ),
          ),
        ),
      ),
      sequence(
        'EnterpriseValidationResponse',
        list(
          'resultList',
          any(
            'enterpriseValidationResult',
            sequence('EnterpriseValidationResult', one('tin'), one('resultType')),
          ),
        ),
      ),
      ['sessionClosed'],
    ),
  },
}

// --- VersionService ----------------------------------------------------------------------------------

const versionService: Service = {
  name: 'VersionService',
  namespace: 'esf',
  operations: {
    esfVersion: {
      request: message('esfVersionRequest', sequence('EsfVersionRequest')),
      response: message('esfVersionResponse', sequence('EsfVersionResponse', one('version'))),
      faults: [],
    },
  },
}

// --- AwpWebService (acts of work) ---------------------------------------------------------------------

const awpIds = sequence('AwpQueryByIdRequest', one('sessionId'), idList)
const awpUploadResult = sequence(
  'AwpUploadResult',
  maybe('errorList', sequence(undefined, any('error', error))),
  maybe('awpId', long),
  maybe('number'),
  maybe('date'),
)
const awpSummary = all(
  'AwpSummary',
  one('awpId', long),
  one('inputDate', dateTime),
  maybe('registrationNumber'),
  one('version'),
  one('status'),
  one('lastUpdateDate', dateTime),
  list('senderTinList', any('senderTin')),
  list('recipientTinList', any('recipientTin')),
)
const awpInfo = all(
  'AwpInfo',
  one('awpBody'),
  maybe('awpId', long),
  one('inputDate', dateTime),
  maybe('registrationNumber'),
  one('version'),
  one('status'),
  one('lastUpdateDate', dateTime),
  one('signature', signatureText),
  one('signatureType', signatureType),
  one('certificate'),
  one('signatureValid', boolean),
  maybe('creatorLogin'),
)
const awpChange = sequence(
  'AwpChangeStatusResponse',
  list(
    'resultList',
    any(
      'changeStatusResult',
      all(
        'AwpChangeStatusResult',
        one('awpSummary', awpSummary),
        one('isChanged', boolean),
        maybe('errorCode'),
      ),
    ),
  ),
)
const awpWebService: Service = {
  name: 'AwpWebService',
  namespace: 'v1.awp',
  operations: {
    uploadAwp: {
      request: message(
        'awpUploadRequest',
        sequence(
          'UploadAwpRequest',
          one('sessionId'),
          list(
            'awpInfoList',
            some(
              'awpInfo',
              all(
                'AwpUploadInfo',
                one('awpBody'),
                one('version', enumeration('AwpV1')),
                one('signature', signatureText),
                one('signatureType', signatureType),
              ),
            ),
          ),
          one('x509Certificate'),
          // Required on the live portal [L], unknown to the WSDL of 2023 [W]: both clients must pass here.
          maybe('senderSignerName'),
        ),
      ),
      response: message(
        'awpUploadResponse',
        sequence(
          'UploadAwpResponse',
          list('acceptedList', any('awpUploadResult', awpUploadResult)),
          list('declinedList', any('awpUploadResult', awpUploadResult)),
        ),
      ),
      faults: allFaults,
    },
    queryUpdate: {
      request: message(
        'awpQueryUpdatesRequest',
        sequence(
          'AwpQueryUpdatesRequest',
          one('sessionId'),
          one('lastEventDate', dateTime),
          one('lastAwpId', long),
          maybe('limit', int),
        ),
      ),
      response: message(
        'awpQueryUpdatesResponse',
        sequence(
          'AwpQueryUpdatesResponse',
          one('lastEventDate', dateTime),
          maybe('lastAwpId', long),
          list('awpInfoList', any('awpInfo', awpInfo)),
        ),
      ),
      faults: allFaults,
    },
    queryViewAwp: {
      request: message('awpViewRequest', awpIds),
      response: message('awpViewResponse', awpChange),
      faults: allFaults,
    },
    queryAwpStatusById: {
      request: message('awpQueryStatusByIdRequest', awpIds),
      response: message(
        'awpQueryStatusByIdResponse',
        sequence('AwpStatusResponse', list('awpSummaryList', any('awpSummary', awpSummary))),
      ),
      faults: allFaults,
    },
    queryAwpById: {
      request: message('awpQueryByIdRequest', awpIds),
      response: message(
        'awpQueryByIdResponse',
        sequence(
          'QueryAwpResponse',
          one('lastBlock', boolean),
          one('currPage', int),
          one('rsCount', int),
          list('awpInfoList', any('awpInfo', awpInfo)),
        ),
      ),
      faults: allFaults,
    },
  },
}

export const services: readonly Service[] = [
  authService,
  sessionService,
  uploadInvoiceService,
  invoiceService,
  versionService,
  awpWebService,
]

import type { Caller } from '../company/index.ts'
import type { DecimalText } from '../kernel/index.ts'
import type { ContractDesk } from './desk.ts'
import type { OfferDesk } from './offer-desk.ts'
import type { tellRequisites } from './records.ts'

/** What a client asks or tells under the offer, besides accepting it. */
export type ClientRequest =
  | { what: 'invoice'; tariff: string; bonus?: DecimalText }
  | { what: 'upgrade'; tariff: string }
  | { what: 'termination'; reason?: string }
  | { what: 'objection'; publication?: number; reason: string }
  | { what: 'consent'; name: string; given: boolean }
  | ({ what: 'requisites'; changedOn: string } & Parameters<typeof tellRequisites>[2])
  | { what: 'claim'; text: string }
  | { what: 'incident'; text: string }
  | { what: 'force-majeure'; onsetOn: string; text: string }

/** The client's own side of the contract desk: always about the company that asks. */
export const openClientContracts = (desk: ContractDesk, offers: OfferDesk) => {
  const nameOf = ({ connectionName }: Caller): string => `client:${connectionName}`
  return {
    show: ({ companyTaxId }: Caller) => desk.show(companyTaxId),

    history: ({ companyTaxId }: Caller) => desk.history(companyTaxId),

    /** The text one would accept now, and what one can buy. */
    async offer() {
      const { offer, tariffs } = await offers.current()
      return {
        offer,
        tariffs: tariffs.flatMap(({ seq, tariff }) =>
          tariff === undefined ? [] : [{ publication: seq, ...tariff }],
        ),
      }
    },

    /** Without a signature the client's kept key makes one: he asks with his own credentials. */
    async accept(caller: Caller, { cms, hash }: { cms?: Uint8Array; hash?: string }) {
      await offers.accept(caller.companyTaxId, { cms: cms ?? 'kept-key', hash, by: nameOf(caller) })
      return desk.show(caller.companyTaxId)
    },

    prove: ({ companyTaxId }: Caller, on: string) => offers.prove({ on, taxId: companyTaxId }),

    whatIf: (on: string) => desk.whatIf(undefined, on),

    /** Does it, and shows the contract as it stands then. */
    async ask(caller: Caller, request: ClientRequest) {
      const { companyTaxId } = caller
      const by = nameOf(caller)
      await done(desk, companyTaxId, request, by)
      return desk.show(companyTaxId)
    },
  }
}

export type ClientContracts = ReturnType<typeof openClientContracts>

const done = (desk: ContractDesk, taxId: string, request: ClientRequest, by: string): Promise<unknown> => {
  switch (request.what) {
    case 'invoice':
      return desk.invoice(taxId, { tariff: request.tariff, bonus: request.bonus }, by)
    case 'upgrade':
      return desk.askUpgrade(taxId, request.tariff, by)
    case 'termination':
      return desk.terminate(taxId, 'client', request.reason, by)
    case 'objection':
      return desk.object(taxId, { publication: request.publication, reason: request.reason }, by)
    case 'consent':
      return desk.consent(taxId, request.name, request.given, by)
    case 'requisites': {
      const { what: _, ...told } = request
      return desk.requisites(taxId, told, by)
    }
    case 'claim':
      return desk.claim(taxId, request.text, by)
    case 'incident':
      return desk.incident(taxId, request.text, by)
    case 'force-majeure':
      return desk.forceMajeure(taxId, { onsetOn: request.onsetOn, text: request.text, side: 'client' }, by)
  }
}

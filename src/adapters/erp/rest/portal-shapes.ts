import { z } from 'zod'
import type { Language } from '../../../core/kernel/index.ts'
import { commandKinds } from '../../../core/mirror/index.ts'
import type { FetchProgress, InvoiceView } from '../../../core/mirror/index.ts'

/** The shapes of what REST says about the state portal. */

const instant = z.iso.datetime()
const command = z.enum(commandKinds).meta({ id: 'PortalCommandKind' })

export const commandRequest = z
  .strictObject({
    command: command.describe(
      '`confirm`, `decline`, `unrevoke`: the buyer’s; `revoke`, `delete` (a failed one): the seller’s',
    ),
    reason: z.string().max(1000).optional().describe('Required to decline, revoke and unrevoke'),
  })
  .meta({ id: 'PortalCommandRequest' })

export const portalInvoiceShape = z
  .object({
    documentId: z.uuid(),
    side: z.enum(['sender', 'recipient']),
    portalId: z.string().optional().describe('Seventeen digits and more: a string'),
    status: z.string().optional().describe('The portal’s own word; the list is open'),
    statusSince: instant.optional(),
    registrationNumber: z.string().optional(),
    registered: z.boolean(),
    invoiceType: z.enum(['ordinary', 'fixed', 'additional']),
    deadlines: z.array(
      z.object({
        clause: z.string(),
        startedOn: z.iso.date(),
        dueOn: z.iso.date(),
        source: z.enum(['portal', 'rule']).describe('`portal`: the portal named the day itself'),
        says: z.string(),
      }),
    ),
    commands: z.array(
      z.object({
        id: z.uuid(),
        command,
        state: z.enum(['waiting', 'sending', 'done', 'refused']),
        reason: z.string().optional(),
        requestedAt: instant,
        settledAt: instant.optional(),
        status: z.string().optional(),
        errorCode: z.string().optional().describe('Why the portal refused'),
      }),
    ),
    errors: z.array(z.object({ code: z.string(), property: z.string(), text: z.string() })),
  })
  .meta({ id: 'PortalInvoice' })

export const portalOriginalShape = z
  .object({
    body: z.string().describe('The exact text that was signed'),
    signature: z.string().describe('Raw signature over its UTF-8, base64'),
    certificate: z.string().describe('Of the signer, base64 of DER'),
    check: z
      .object({
        verdict: z.enum(['valid', 'invalid', 'unchecked']),
        note: z.string(),
        signer: z
          .object({ name: z.string().optional(), iin: z.string().optional(), bin: z.string().optional() })
          .optional(),
      })
      .optional()
      .describe('Of an incoming one: what we found when we checked the signature'),
  })
  .meta({ id: 'PortalOriginal' })

export const fetchRequest = z
  .strictObject({ from: z.iso.date(), to: z.iso.date() })
  .meta({ id: 'FetchRequest' })

export const fetchShape = z
  .object({
    open: z.int().describe('Quarters still to be read'),
    seen: z.int(),
    brought: z.int().describe('Those that became documents of yours'),
    unread: z.int().describe('Delivered as files, because their form could not be read'),
    ranges: z.array(
      z.object({
        from: z.iso.date(),
        to: z.iso.date(),
        done: z.boolean(),
        seen: z.int(),
        brought: z.int(),
        unread: z.int(),
      }),
    ),
  })
  .meta({ id: 'FetchProgress' })

export const portalInvoiceOut = (
  view: InvoiceView,
  language: Language,
): z.input<typeof portalInvoiceShape> => ({
  documentId: view.documentId,
  side: view.side,
  portalId: view.portalId,
  status: view.status,
  statusSince: view.statusSince?.toISOString(),
  registrationNumber: view.registrationNumber,
  registered: view.registered,
  invoiceType: view.invoiceType,
  deadlines: view.deadlines.map(({ clause, startedOn, dueOn, source, says }) => ({
    clause,
    startedOn,
    dueOn,
    source,
    says: says[language],
  })),
  commands: view.commands.map((one) => ({
    id: one.id,
    command: one.kind,
    state: one.state,
    reason: one.reason,
    requestedAt: one.requestedAt.toISOString(),
    settledAt: one.settledAt?.toISOString(),
    status: one.status,
    errorCode: one.errorCode,
  })),
  errors: view.errors,
})

export const fetchOut = ({ ranges, ...totals }: FetchProgress): z.input<typeof fetchShape> => ({
  ...totals,
  ranges: ranges.map(({ from, to, doneAt, seen, brought, unread }) => ({
    from,
    to,
    done: doneAt !== undefined,
    seen,
    brought,
    unread,
  })),
})

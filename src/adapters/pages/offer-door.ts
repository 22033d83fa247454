import type { OfferDesk, Publication } from '../../core/contract/index.ts'
import type { Door, HttpContext } from '../http/index.ts'

/** A line of the log as the world sees it: everything its hash is made of, the hash and the signature. */
const lineOf = (entry: Publication, origin: string) => ({
  ...entry,
  content: `${origin}/offer/${entry.seq}`,
})

/**
 * What the operator published, for everybody and for machines (offer 1.7, 3.2.2): the whole signed log, and every text
 * as it was published. Whoever keeps the head of the log is a witness of everything before it.
 */
export const offerDoor = (offers: Pick<OfferDesk, 'log' | 'content' | 'current'>): Door => ({
  name: 'offer',
  mount(router, tools) {
    router.get('/offer/feed.json', async (ctx) => {
      const origin = tools.publicOrigin(ctx)
      const log = await offers.log()
      const { offer, tariffs } = await offers.current()
      ctx.set('Cache-Control', 'no-cache')
      ctx.body = {
        format: 'urn:daneker:publications:1',
        head: log.at(-1)?.entryHash,
        holds: { offer: offer?.seq, tariffs: tariffs.map(({ seq }) => seq) },
        publications: log.map((entry) => lineOf(entry, origin)),
      }
    })

    router.get('/offer/:seq', async (ctx: HttpContext & { params?: Record<string, string> }) => {
      const seq = ctx.params?.seq ?? ''
      const number =
        seq === 'current'
          ? (await offers.current()).offer?.seq
          : /^\d{1,9}$/.test(seq)
            ? Number(seq)
            : undefined
      const entry = (await offers.log()).find((one) => one.seq === number)
      const content = entry === undefined ? undefined : await offers.content(entry.seq)
      if (entry === undefined || content === undefined) return
      // Bytes as published: a browser saves them, it does not run them.
      ctx.set('Content-Type', 'application/octet-stream')
      ctx.set('Content-Disposition', `attachment; filename="${entry.subject}-${entry.seq}"`)
      ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
      ctx.set('ETag', `"${entry.hash}"`)
      ctx.body = Buffer.from(content)
    })
  },
})

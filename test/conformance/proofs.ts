import { beforeEach, describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import type { Documents, KeyUses, Ledger, SignatureRecord } from '../../src/core/exchange/index.ts'
import type { UnitOfWork } from '../../src/core/kernel/index.ts'
import type { ProofMaterial, Proofs } from '../../src/core/signature/index.ts'
import { anAcceptance, type Sides } from '../factories/acceptances.ts'

/** The stores around a proof, over the same rows. */
export interface ProofsUnderTest {
  ledger: Ledger
  documents: Documents
  uses: KeyUses
  proofs: Proofs
  unitOfWork: UnitOfWork
  sides(): Promise<Sides>
}

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 31, 10, minute))

const aSignatureOf = (documentId: string): SignatureRecord => ({
  id: uuidIds.next(),
  documentId,
  side: 'sender',
  purpose: 'document',
  cms: new Uint8Array([1]),
  signedAt: at(0),
  verdict: 'VALID',
  signer: { serial: '4A01' },
  report: {},
})

const someMaterial = (stampEndsAt = at(50)): ProofMaterial => ({
  extendedCms: Buffer.from([1, 2, 255]),
  ocspResponses: [Buffer.from([0, 10, 34, 92]), Buffer.from([7])],
  crlDigests: ['ab'.repeat(32)],
  stampedAt: at(1),
  stampEndsAt,
})

/** The promises of `Proofs`, and of those who write pending ones. */
export const proofsConformance = (
  name: string,
  open: () => ProofsUnderTest | Promise<ProofsUnderTest>,
): void => {
  describe(`${name} keeps proofs`, () => {
    let under: ProofsUnderTest
    let sides: Sides

    beforeEach(async () => {
      under = await open()
      sides = await under.sides()
    })

    /** A document with a signature whose proof is promised. */
    const promised = async (since = at(0)) => {
      const acceptance = anAcceptance(sides)
      const signature = aSignatureOf(acceptance.id)
      const proof = { signatureId: signature.id, documentId: acceptance.id, since }
      await under.ledger.enter({ ...acceptance, signature, proof })
      return proof
    }
    const complete = (signatureId: string, material = someMaterial(), when = at(2)) =>
      under.unitOfWork.run((tx) => under.proofs.complete(tx, signatureId, material, when))

    it('has a pending one as soon as the signature is entered, and none without a promise', async () => {
      const proof = await promised()
      expect(await under.proofs.bySignature(proof.signatureId)).toMatchObject({ ...proof, state: 'pending' })
      expect(await under.proofs.byDocument(proof.documentId)).toHaveLength(1)
      const bare = anAcceptance(sides)
      await under.ledger.enter({ ...bare, signature: aSignatureOf(bare.id) })
      expect(await under.proofs.byDocument(bare.id)).toEqual([])
      expect(await under.proofs.bySignature(uuidIds.next())).toBeUndefined()
    })

    it('writes no second promise for a repeated document', async () => {
      const acceptance = anAcceptance(sides)
      const signature = aSignatureOf(acceptance.id)
      await under.ledger.enter({
        ...acceptance,
        signature,
        proof: { signatureId: signature.id, documentId: acceptance.id, since: at(0) },
      })
      const id = uuidIds.next()
      const again = aSignatureOf(id)
      await under.ledger.enter({
        ...acceptance,
        id,
        signature: again,
        proof: { signatureId: again.id, documentId: id, since: at(5) },
      })
      expect(await under.proofs.bySignature(again.id)).toBeUndefined()
    })

    it('records promise and key use with the change that brings the signature, or nothing of it', async () => {
      const acceptance = anAcceptance(sides)
      await under.ledger.enter(acceptance)
      const signature = aSignatureOf(acceptance.id)
      const keyUse = {
        companyId: sides.companyId,
        documentId: acceptance.id,
        signatureId: signature.id,
        digest: acceptance.digest,
        serial: '4A01',
        by: 'task:1',
        purpose: 'document' as const,
        at: at(0),
      }
      const change = {
        documentId: acceptance.id,
        revision: 1,
        senderState: 'signed' as const,
        signature,
        proof: { signatureId: signature.id, documentId: acceptance.id, since: at(0) },
        keyUse,
      }
      await expect(
        under.unitOfWork.run(async (tx) => {
          await under.documents.record(tx, change)
          throw new Error('lost')
        }),
      ).rejects.toThrow('lost')
      expect(await under.proofs.byDocument(acceptance.id)).toEqual([])
      expect(await under.documents.keyUses(acceptance.id)).toEqual([])

      await under.unitOfWork.run((tx) => under.documents.record(tx, change))
      expect(await under.proofs.byDocument(acceptance.id)).toHaveLength(1)
      expect(await under.documents.keyUses(acceptance.id)).toEqual([keyUse])

      const portal = {
        companyId: sides.companyId,
        digest: acceptance.digest,
        serial: '4A01',
        by: 'portal',
        purpose: 'portal' as const,
        at: at(9),
      }
      await under.unitOfWork.run((tx) => under.uses.add(tx, portal))
      await under.unitOfWork.run((tx) =>
        under.uses.add(tx, { ...portal, documentId: acceptance.id, at: at(10) }),
      )
      expect(await under.uses.of(sides.companyId, 2)).toEqual([
        { ...portal, documentId: acceptance.id, at: at(10) },
        portal,
      ])
      expect(await under.documents.keyUses(acceptance.id)).toHaveLength(2)
    })

    it('keeps the first material and every byte of it', async () => {
      const { signatureId } = await promised()
      await complete(signatureId)
      await complete(signatureId, { ...someMaterial(), extendedCms: new Uint8Array([9]) }, at(3))
      const proof = await under.proofs.bySignature(signatureId)
      expect(proof).toMatchObject({ state: 'complete', gatheredAt: at(2) })
      const { extendedCms, ocspResponses, ...rest } = proof!.material!
      expect([...extendedCms]).toEqual([1, 2, 255])
      expect(ocspResponses.map((one) => [...one])).toEqual([[0, 10, 34, 92], [7]])
      expect(rest).toEqual({ crlDigests: ['ab'.repeat(32)], stampedAt: at(1), stampEndsAt: at(50) })
    })

    it('knows since when the oldest pending one waits; complete and failed ones do not count', async () => {
      const late = await promised(new Date('2001-01-01T00:03:00Z'))
      const early = await promised(new Date('2001-01-01T00:01:00Z'))
      const middle = await promised(new Date('2001-01-01T00:02:00Z'))
      expect(await under.proofs.oldestPending()).toEqual(early.since)
      await complete(early.signatureId)
      expect(await under.proofs.oldestPending()).toEqual(middle.since)
      await under.unitOfWork.run((tx) => under.proofs.fail(tx, middle.signatureId))
      expect(await under.proofs.bySignature(middle.signatureId)).toMatchObject({ state: 'failed' })
      expect(await under.proofs.oldestPending()).toEqual(late.since)
      // Put back by an operator, a failed one is completed like any other.
      await complete(middle.signatureId)
      await complete(late.signatureId)
      expect(await under.proofs.bySignature(middle.signatureId)).toMatchObject({ state: 'complete' })
    })

    it('finds those whose stamp ends, the soonest first, and renews each once', async () => {
      const [second, first, far] = [await promised(), await promised(), await promised()]
      const old = (minute: number): Date => new Date(Date.UTC(2001, 0, 1, 0, minute))
      await complete(second.signatureId, someMaterial(old(20)))
      await complete(first.signatureId, someMaterial(old(10)))
      await complete(far.signatureId, someMaterial(at(50)))
      const ending = await under.proofs.endingBefore(old(30), 10)
      expect(ending.map(({ signatureId }) => signatureId)).toEqual([first.signatureId, second.signatureId])
      expect(await under.proofs.endingBefore(old(30), 1)).toHaveLength(1)

      const renewed = { ...someMaterial(at(59)), extendedCms: Buffer.from([3]) }
      const [proof] = ending
      await under.unitOfWork.run((tx) => under.proofs.renew(tx, proof!, renewed, at(4)))
      // Another replica read the same row before: its stamp comes too late.
      await under.unitOfWork.run((tx) =>
        under.proofs.renew(tx, proof!, { ...renewed, extendedCms: Buffer.from([4]) }, at(5)),
      )
      const after = await under.proofs.bySignature(first.signatureId)
      expect(after).toMatchObject({ state: 'complete', renewedAt: at(4), gatheredAt: at(2) })
      expect([...after!.material!.extendedCms]).toEqual([3])
      expect((await under.proofs.endingBefore(old(30), 10)).map(({ signatureId }) => signatureId)).toEqual([
        second.signatureId,
      ])
    })
  })
}

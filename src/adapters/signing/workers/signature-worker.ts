import type { AnyDigestName, SignatureCheck, StreamingDigest } from '../gost/index.ts'
import { digestOf, startDigest, verifySignature } from '../gost/index.ts'
import { answerCalls } from '../../workers/worker-side.ts'

/** What a signature worker can be asked. */
export type SignatureRequest =
  | { kind: 'digest'; name: AnyDigestName; data: Uint8Array }
  | { kind: 'verify'; check: SignatureCheck }
  /** A digest in pieces: begin, any number of pieces, end. A new beginning drops what was left open. */
  | { kind: 'begin'; name: AnyDigestName }
  | { kind: 'piece'; data: Uint8Array }
  | { kind: 'end' }

let open: StreamingDigest | undefined

answerCalls((request: SignatureRequest) => {
  switch (request.kind) {
    case 'digest':
      return digestOf(request.name, request.data)
    case 'verify':
      return verifySignature(request.check)
    case 'begin':
      open = startDigest(request.name)
      return undefined
    case 'piece':
      open?.update(request.data)
      return undefined
    case 'end': {
      if (open === undefined) throw new Error('no digest has been begun')
      const digest = open.digest()
      open = undefined
      return digest
    }
  }
})

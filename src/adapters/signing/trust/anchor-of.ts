import { readCertificate } from '../x509/index.ts'
import type { TrustEnvironment } from '../../../core/signature/index.ts'
import type { Anchor, TrustUse } from './trust-store.ts'

/** An anchor made of a certificate (DER) at hand: the demo's own authority, a test's. */
export const certificateAnchor = (
  name: string,
  der: Uint8Array,
  environment: TrustEnvironment = 'test',
  uses: readonly TrustUse[] = ['signer', 'time-stamp'],
): Anchor => ({ name, environment, uses, certificate: readCertificate(der) })

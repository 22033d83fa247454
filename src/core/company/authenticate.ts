import type { Clock } from '../kernel/index.ts'
import type { Caller, Operator } from './company.ts'
import type { Credential, Credentials, Secrets } from './ports.ts'

/** What somebody shows at the door: the login and password of a connection, or an API key. */
export type Proof =
  { by: 'login'; login: string; password: string } | { by: 'key'; keyId: string; key: string }

/** Who it is, once proved. */
export type Identity = { role: 'connection'; caller: Caller } | { role: 'operator'; operator: Operator }

export type Authenticate = (proof: Proof) => Promise<Identity | undefined>

/**
 * Proves who is asking; undefined for whatever reason it is not proved, so that nobody learns which
 * logins exist. An unknown login costs the same comparison as a known one.
 */
export const authenticate = (deps: {
  credentials: Credentials
  secrets: Secrets
  clock: Clock
}): Authenticate => {
  const nobody = deps.secrets.hash('')

  return async (proof) => {
    const secret = proof.by === 'login' ? proof.password : proof.key
    const credential = await (proof.by === 'login'
      ? deps.credentials.byLogin(proof.login)
      : deps.credentials.byKeyId(proof.keyId))

    const now = deps.clock.now()
    const alive = (credential?.secrets ?? []).filter((s) => s.expiresAt === undefined || s.expiresAt > now)
    let proved = false
    for (const { hash } of alive.length > 0 ? alive : [{ hash: nobody }])
      proved = deps.secrets.matches(secret, hash) || proved
    return credential === undefined || alive.length === 0 || !proved ? undefined : identityOf(credential)
  }
}

const identityOf = (credential: Credential): Identity =>
  credential.role === 'connection'
    ? { role: 'connection', caller: credential.caller }
    : { role: 'operator', operator: credential.operator }

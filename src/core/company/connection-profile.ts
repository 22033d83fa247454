/**
 * What is known of one connection beyond what its files say: what 1C does not publish of the own organisation,
 * its own names for units and VAT rates, and settings of the doors and mappings that it uses. Never a secret.
 */
export interface ConnectionProfile {
  /** Fields of the own organisation as the document language names them (`address`, `bank.account` …). */
  organisation?: Record<string, unknown>
  /** The base's own names or codes of units, each with the code of the classifier МКЕИ. */
  units?: Record<string, string>
  /** The base's own names of VAT rates, each with a rate of the document language. */
  vatRates?: Record<string, string>
  /** Settings by mapping or door: `{ "enterprisedata": { … } }`. */
  settings?: Record<string, Record<string, unknown>>
}

/** Keeps the profiles of connections. */
export interface ConnectionProfiles {
  /** An empty profile when none was ever set. May be up to a few seconds old. */
  of(connectionId: string): Promise<ConnectionProfile>
  set(connectionId: string, profile: ConnectionProfile): Promise<void>
  /** Open connections whose profile has settings under a name, oldest first. */
  withSettings(name: string): Promise<string[]>
}

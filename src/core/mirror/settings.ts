/** How the mirror paces itself. All times in milliseconds. */
export interface MirrorSettings {
  /**
   * How long a freshly prepared invoice waits for company before it is uploaded: the portal counts calls
   * (3 000 a day and address), not invoices. 0 sends at once.
   */
  gatherMs: number
  /** Invoices in one upload. The portal names no limit; 50 is what integrators dare. */
  batch: number
  /** About how much text one upload carries. */
  batchBytes: number
  /**
   * How long an upload may take at most before its outcome counts as unknown. Must be longer than the
   * portal client's own timeout, or somebody asks while the call still runs.
   */
  claimMs: number
  /** An invoice is asked about after this, then ever more rarely (a quarter of its age in the queue) … */
  askMs: number
  /** … but at least this often. */
  askAtMostMs: number
  /** A correction that waits for the buyer's word (2026) is asked about this often; the stream of changes tells sooner. */
  askBuyerMs: number
  /** Invoices in one question. */
  askBatch: number
  /** Calls to the portal a business day, all companies together; the same number the portal client keeps. */
  callsPerDay: number
  /** However few calls are left, nothing waits longer than this before it tries. */
  stretchAtMostMs: number
  /**
   * `apply`: an invoice that came during an announced outage is entered afterwards as one issued on paper
   * (DOWN_TIME). `off`: it goes as it is.
   */
  paper: 'apply' | 'off'
  /** How long until a company without a key for the portal is looked at again. */
  noKeyMs: number
}

export const mirrorDefaults: MirrorSettings = {
  gatherMs: 1_000,
  batch: 50,
  batchBytes: 4 * 1024 * 1024,
  claimMs: 75_000,
  askMs: 2_000,
  askAtMostMs: 5 * 60_000,
  askBuyerMs: 60 * 60_000,
  askBatch: 200,
  callsPerDay: 3_000,
  stretchAtMostMs: 60 * 60_000,
  paper: 'apply',
  noKeyMs: 10 * 60_000,
}

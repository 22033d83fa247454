/** What time it is. Tests and the contract-year simulation bring their own. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

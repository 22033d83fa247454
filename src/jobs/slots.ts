import cron from 'node-cron'

/** Schedules speak the time of the offer and of the accountants, whatever the machine's own zone is. */
export const zone = 'Asia/Almaty'

const secondMs = 1_000
const dayMs = 86_400_000

/** A schedule further apart than this has no earlier slot as far as catching up goes. */
const horizonDays = 400

/** Refuses an expression that the scheduler would not understand, naming what is wrong with it. */
export const checkSchedule = (job: string, expression: string): void => {
  const { valid, errors } = cron.validateDetailed(expression)
  if (valid) return
  const reasons = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
  throw new Error(`the schedule of ${job}, "${expression}", is not a cron expression: ${reasons}`)
}

/**
 * The newest instant at or before `before` that the schedule names. node-cron tells the next slots, not
 * the last one; a gateway that was down over a slot needs it to catch up.
 */
export const slotBefore = (expression: string, before: Date): Date | undefined => {
  const { second, minute, hour } = cron.parse(expression)
  const matcher = cron.createTask(expression, () => {}, { timezone: zone })
  try {
    const start = Math.floor(before.getTime() / secondMs) * secondMs
    // Back day by day in local time, and in each day from the latest time of day that the fields name.
    for (let day = 0; day <= horizonDays; day += 1) {
      const local = wallClock(new Date(start - day * dayMs))
      for (const time of timesOfDay(hour, minute, second)) {
        const instant = instantOf({ ...local, ...time })
        if (instant.getTime() > start) continue
        if (matcher.match(instant)) return instant
        // The day is not one of the schedule's: no other time of it is.
        break
      }
    }
    return undefined
  } finally {
    void matcher.destroy()
  }
}

/** Times of day, the latest first. */
function* timesOfDay(hours: number[], minutes: number[], seconds: number[]) {
  const down = (numbers: number[]) => [...numbers].sort((a, b) => b - a)
  for (const hour of down(hours)) {
    for (const minute of down(minutes)) {
      for (const second of down(seconds)) yield { hour, minute, second }
    }
  }
}

const clock = new Intl.DateTimeFormat('en-CA', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

interface WallClock {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

const wallClock = (instant: Date): WallClock => {
  const part = Object.fromEntries(
    clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  )
  return part as unknown as WallClock
}

const asUtc = ({ year, month, day, hour, minute, second }: WallClock) =>
  Date.UTC(year, month - 1, day, hour, minute, second)

/** The zone's offset is what makes the wall clock read so; one correction is enough for a zone without summer time. */
const instantOf = (wanted: WallClock): Date => {
  const guess = asUtc(wanted) - 5 * 3_600_000
  const shown = asUtc(wallClock(new Date(guess)))
  return new Date(guess + (asUtc(wanted) - shown))
}

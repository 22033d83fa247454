import type { TaskKind } from '../../../core/kernel/index.ts'
import type { Statement } from '../pool.ts'

/** Hands out due bells: the row becomes invisible until the lease ends, then anybody may have it again. */
export const takeBells = (options: {
  kinds: readonly TaskKind[]
  now: Date
  limit: number
  leaseMs: number
}): Statement => ({
  name: 'take-bells',
  text: `
    -- Materialized: inside "id in (…)" the planner may run the limited choice again and again, and take too many.
    with due as materialized (
      select id from bell
       where kind = any($1::text[]) and visible_at <= $2::timestamptz and buried_at is null
       order by visible_at
       limit $3
       for update skip locked)   -- another process has it; do not wait
    update bell
       set visible_at = $2::timestamptz + $4 * interval '1 millisecond',
           deliveries = deliveries + 1
      from due
     where bell.id = due.id
    returning bell.id, task_id, kind, deliveries`,
  values: [options.kinds, options.now, options.limit, options.leaseMs],
})

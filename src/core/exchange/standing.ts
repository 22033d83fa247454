import { denialOfSending } from '../access/index.ts'
import type { Caller } from '../company/index.ts'
import type { Fault } from '../kernel/index.ts'
import type { ExchangeDeps } from './deps.ts'
import { noRoom } from './faults.ts'

/** Why a company may not send now; undefined when it may. Nothing is stored by asking. */
export const whyNotSend = async (
  deps: Pick<ExchangeDeps, 'accesses' | 'clock' | 'room' | 'proving'>,
  { companyId }: Pick<Caller, 'companyId'>,
): Promise<Fault | undefined> =>
  denialOfSending(await deps.accesses.of(companyId), deps.clock.now()) ??
  (deps.room.isShort() ? noRoom() : undefined) ??
  (await deps.proving?.lateness())

/**
 * For programs that start servers themselves, without the keeper: when the program dies early (an error nobody
 * caught, Ctrl+C), its servers die too. Returns what to call after stopping them in order.
 */
export const killWithUs = (leaders: () => number[]): (() => void) => {
  const killAll = (): void => {
    for (const pid of leaders()) {
      try {
        // Each leads a process group of its own.
        process.kill(-pid, 'SIGKILL')
      } catch {
        // Gone already.
      }
    }
  }
  const end = (): void => process.exit(130)
  process.on('exit', killAll).on('SIGINT', end).on('SIGTERM', end)
  return () => {
    process.off('exit', killAll).off('SIGINT', end).off('SIGTERM', end)
  }
}

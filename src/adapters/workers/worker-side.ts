import { parentPort } from 'node:worker_threads'

/**
 * The worker's half of the talk: answers each request of the pool with what the function gives, one at a time.
 * Call it once, at the end of the worker's file.
 */
export const answerCalls = <Request>(answer: (request: Request) => unknown): void => {
  const port = parentPort
  if (port === null) throw new Error('this file runs in a worker thread only')
  const answerOne = async (id: number, request: Request): Promise<void> => {
    try {
      port.postMessage({ id, answer: await answer(request) })
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error))
      port.postMessage({ id, error: { name, message } })
    }
  }
  port.on('message', ({ id, request }: { id: number; request: Request }) => void answerOne(id, request))
  port.postMessage({ ready: true })
}

/** Threads for work that may hang or eat memory: signatures and mappings share them. */
export {
  WorkerLostError,
  WorkerPool,
  type WorkerCall,
  type WorkerPoolOptions,
  WorkerTimeoutError,
} from './worker-pool.ts'
export { answerCalls } from './worker-side.ts'

export { SignatureWorkers, type SignatureWorkersOptions } from './signature-workers.ts'
export {
  WorkerLostError,
  WorkerPool,
  type WorkerCall,
  type WorkerPoolOptions,
  WorkerTimeoutError,
} from './worker-pool.ts'
export { answerCalls } from './worker-side.ts'

export { SignatureWorkers, type SignatureWorkersOptions } from './signature-workers.ts'

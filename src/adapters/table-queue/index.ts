export { TableQueue, type TableQueueOptions } from './table-queue.ts'

export { TableQueue, tableQueueDefaults, type TableQueueOptions } from './table-queue.ts'

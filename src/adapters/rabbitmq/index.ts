export { RabbitTaskQueue, type RabbitOptions } from './rabbit-task-queue.ts'

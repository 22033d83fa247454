export { RabbitTaskQueue, rabbitDefaults, type RabbitOptions } from './rabbit-task-queue.ts'

import { threadId } from 'node:worker_threads'
import { answerCalls } from '../../../../../src/adapters/workers/index.ts'

/** A worker that does as it is told: answers, throws, hangs, dies or eats memory. */
answerCalls(async (mood: 'answer' | 'throw' | 'hang' | 'die' | 'eat' | 'wait') => {
  switch (mood) {
    case 'answer':
      return threadId
    case 'throw':
      throw new Error('no mood for this')
    case 'hang':
      for (;;);
    case 'die':
      process.exit(3)
      break
    case 'eat': {
      const eaten: number[][] = []
      for (;;) eaten.push(new Array<number>(1_000_000).fill(eaten.length + 0.5))
    }
    case 'wait':
      await new Promise((resolve) => setTimeout(resolve, 50))
      return threadId
  }
})

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'

/** Never on the command line: it would stay in the shell's history and in the list of processes. */
export const secretFrom = async (file: string | undefined, question: string): Promise<string> => {
  if (file !== undefined) return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

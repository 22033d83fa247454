import { parentPort } from 'node:worker_threads'
import type { PrintOrder } from '../../core/exchange/index.ts'
import { printDocument } from './print-document.ts'

/** The thread's half of `PdfPrinter`: one order at a time, a PDF back. */

const port = parentPort
if (port === null) throw new Error('this file runs in a worker thread only')

const answer = async (order: PrintOrder): Promise<void> => {
  try {
    const pdf = await printDocument(order)
    // In a buffer of its own it moves to the other thread instead of being copied there.
    const own = new Uint8Array(pdf)
    port.postMessage({ pdf: own }, [own.buffer])
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) })
  }
}

port.on('message', (order: PrintOrder) => void answer(order))
port.postMessage({ ready: true })

import { afterAll, afterEach } from '@jest/globals'
import nock from 'nock'

// Partners are played by nock or by servers on this machine; nothing in a test may reach further.
// nock patches `http`, `https` and global `fetch` of the process: when jest runs files in one process, a file
// that leaves the patch behind breaks the next one, hence `restore` at the end and `activate` at the start.
if (!nock.isActive()) nock.activate()
nock.disableNetConnect()
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/)

afterEach(() => {
  nock.cleanAll()
})

afterAll(() => {
  nock.restore()
})

/**
 * The script of the pages behind mailed links: signs through NCALayer and sends forms without leaving the page.
 * Without it everything but NCALayer works. Nothing is called signed before the server has said so.
 */
;(() => {
  'use strict'

  const byId = (id) => document.getElementById(id)
  const words = JSON.parse(byId('page-words').textContent)
  const progress = byId('progress')

  /**
   * NCALayer says hello within this time, or it is not there. A refused connection is known at once; a minute
   * is for the person who is asked by the browser whether the page may reach the local network.
   */
  const helloMs = 60_000
  /** Between signs of life while a person looks for the password. */
  const heartbeatMs = 20_000
  const heartbeat = '--heartbeat--'
  /** Largest signature file the server takes. */
  const maxSignatureBytes = 1024 * 1024

  /** A failure with lines for the person who looks at the page. */
  class Told extends Error {
    constructor(lines, kind = 'bad') {
      super(lines[0])
      this.lines = lines
      this.kind = kind
    }
  }

  /** Shows lines as text, never as HTML: some of them come from NCALayer and from the server. */
  const tell = (lines, kind = '') => {
    if (progress === null) return
    progress.className = `progress ${kind}`
    progress.replaceChildren(
      ...lines.map((line) => {
        const paragraph = document.createElement('p')
        paragraph.textContent = line
        return paragraph
      }),
    )
    if (lines.length > 0) progress.scrollIntoView({ block: 'nearest' })
  }

  let busy = false
  /** One action at a time, whatever is pressed meanwhile. */
  const alone = async (work) => {
    if (busy) return
    busy = true
    const buttons = [...document.querySelectorAll('button:not(#ncalayer-cancel)')]
    for (const button of buttons) button.disabled = true
    try {
      await work()
    } catch (error) {
      if (error instanceof Told) tell(error.lines, error.kind)
      else tell([words.serverSilent], 'bad')
    } finally {
      busy = false
      for (const button of buttons) button.disabled = false
    }
  }

  /** Sends fields to the server: what is wrong with them, or undefined when it has done what was asked. */
  const send = async (action, fields) => {
    try {
      const answer = await fetch(action, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams(fields),
        redirect: 'error',
        credentials: 'omit',
      }).then((response) => response.json())
      return answer.done === true ? undefined : (answer.problems ?? [])
    } catch {
      throw new Told([words.serverSilent])
    }
  }

  /** The server has done it: the page comes again with the new state. */
  const renew = async () => {
    tell([words.done], 'good')
    history.replaceState(null, '', `${location.pathname}${location.search}#state`)
    location.reload()
    // The page is going: nothing else may be pressed.
    await new Promise(() => {})
  }

  /** Sends a form's fields. When the server has done it, the page shows the new state; else why not. */
  const submit = async (action, fields) => {
    const problems = await send(action, fields)
    if (problems !== undefined) throw new Told([`${words.problems}.`, ...problems])
    await renew()
  }

  const base64Of = (bytes) => {
    let text = ''
    // In pieces: a call with millions of arguments overflows the stack.
    for (let at = 0; at < bytes.length; at += 0x8000)
      text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
    return btoa(text)
  }

  /**
   * One connection to NCALayer. Its answers carry no id, so there is one question at a time; the socket is
   * closed after the signature. `asking` rejects when the socket is lost or `signal` is aborted.
   */
  const openNcalayer = (url, signal) =>
    new Promise((opened, failed) => {
      const isPhone = matchMedia('(pointer: coarse) and (max-width: 45rem)').matches
      const hints = isPhone ? [words.hintPhone] : [words.hintStart, words.hintTrust]
      const notThere = () => failed(new Told([words.notRunning, ...hints]))
      let socket
      try {
        socket = new WebSocket(url)
      } catch {
        return notThere()
      }
      let waiting
      let alive
      const timer = setTimeout(() => {
        notThere()
        socket.close()
      }, helloMs)
      const end = (error) => {
        clearTimeout(timer)
        clearInterval(alive)
        waiting?.failed(error)
        waiting = undefined
      }
      signal.addEventListener('abort', () => {
        const error = new Told([words.cancelled], '')
        failed(error)
        end(error)
        socket.close()
      })
      // A page whose policy forbids the address hears of no end, only of an error.
      socket.addEventListener('error', notThere)
      socket.addEventListener('close', () => {
        notThere()
        end(new Told([words.lost]))
      })
      socket.addEventListener('message', ({ data }) => {
        if (data === heartbeat) return
        let message
        try {
          message = JSON.parse(data)
        } catch {
          return
        }
        if (message?.result?.version !== undefined) {
          clearTimeout(timer)
          alive = setInterval(() => socket.send(heartbeat), heartbeatMs)
          opened({
            ask: (question) =>
              new Promise((answered, lost) => {
                waiting = { answered, failed: lost }
                socket.send(JSON.stringify(question))
              }),
            close: () => {
              end(new Told([words.lost]))
              socket.close()
            },
          })
          return
        }
        const question = waiting
        waiting = undefined
        question?.answered(message)
      })
    })

  const cancelled = () => new Told([words.cancelled], '')
  const said = (message) => new Told([words.ncalayerSays, String(message ?? '').slice(0, 500)])

  const listOf = (result) => (Array.isArray(result) ? result : [result])
  const isSignature = (text) => typeof text === 'string' && text !== ''

  /**
   * The module of current versions: the person chooses the storage, token or QR in NCALayer's own window. Several
   * documents go into one window; their signatures come back in the same order.
   */
  const signWithBasics = async (ncalayer, { data, taxId, language }) => {
    // A БИН has the kind of the legal entity (4 to 6) where an ИИН has a day of the month.
    const owner = /^\d{4}[456]/.test(taxId) ? { bin: taxId } : { iin: taxId }
    const answer = await ncalayer.ask({
      module: 'kz.gov.pki.knca.basics',
      method: 'sign',
      args: {
        allowedStorages: null,
        format: 'cms',
        data: data.length === 1 ? data[0] : data,
        signingParams: { decode: true, encapsulate: false, digested: false, tsaProfile: {} },
        signerParams: { extKeyUsageOids: ['1.3.6.1.5.5.7.3.4'], ...(taxId === '' ? {} : owner) },
        locale: language,
      },
    })
    if (answer.status === true) {
      const signatures = listOf(answer.body?.result)
      if (!signatures.some(isSignature)) throw cancelled()
      // Which signature belongs to which document would be a guess.
      if (signatures.length !== data.length) throw new Told([words.countDiffers])
      return signatures
    }
    if (answer.errorCode === 'MODULE_NOT_FOUND' || answer.success === false) return undefined
    throw said(answer.details ?? answer.message)
  }

  /**
   * The module of older versions: the storage is named by the page, and every document has a window of its own.
   * Whoever closes one after some were signed has signed those.
   */
  const signWithCommonUtils = async (ncalayer, { data, language }) => {
    const ask = async (method, args) => {
      const answer = await ncalayer.ask({ module: 'kz.gov.pki.knca.commonUtils', method, args })
      if (String(answer.code) === '200') return answer.responseObject
      if (answer.message === 'action.canceled') throw cancelled()
      throw said(answer.message)
    }
    await ask('changeLocale', [language === 'kk' ? 'kz' : language])
    const tokens = await ask('getActiveTokens', [])
    const storage = Array.isArray(tokens) && typeof tokens[0] === 'string' ? tokens[0] : 'PKCS12'
    const signatures = []
    try {
      for (const one of data) {
        const [result] = listOf(await ask('createCAdESFromBase64', [storage, 'SIGNATURE', one, false]))
        if (!isSignature(result)) throw cancelled()
        signatures.push(result)
      }
    } catch (error) {
      if (signatures.length === 0) throw error
    }
    return signatures
  }

  /** What became of one document, beside it in the list. */
  const mark = (row, lines, tone) => {
    const state = row === undefined ? null : byId(row)?.querySelector('.row-state')
    if (state === null || state === undefined) return
    state.className = `row-state verdict ${tone}`
    state.textContent = lines.join(' ')
  }

  /** Rows of the package that are signed since the page was loaded. */
  const signed = new Set()

  /** Hands every signature to the server by itself: one that is not good does not hold up the others. */
  const submitAll = async (documents, signatures) => {
    if (documents.length === 1) return submit(documents[0].action, { signature: signatures[0] })
    const failed = []
    for (const [index, one] of documents.entries()) {
      tell([`${words.checking} ${index + 1}/${documents.length}`])
      mark(one.row, [words.rowSigning], 'asks')
      const problems = isSignature(signatures[index])
        ? await send(one.action, { signature: signatures[index] })
        : []
      if (problems === undefined) {
        signed.add(one.row)
        mark(one.row, [words.rowSigned], 'good')
      } else {
        failed.push(one)
        mark(one.row, [`${words.rowNotSigned}.`, ...problems], 'bad')
      }
    }
    if (failed.length === 0) await renew()
    const count = documents.length - failed.length
    byId('state').firstElementChild.textContent = `${words.packageState} ${failed.length}`
    byId('ncalayer-sign').textContent = `${words.packageButton} (${failed.length})`
    throw new Told([
      `${words.signedCount} ${count}. ${words.notSignedCount} ${failed.length}.`,
      ...failed.map(({ title }) => `${words.rowNotSigned}: ${title}`),
    ])
  }

  const panel = byId('ncalayer')
  if (panel !== null) {
    const sign = byId('ncalayer-sign')
    const cancel = byId('ncalayer-cancel')
    panel.hidden = false
    let controller = new AbortController()

    cancel.addEventListener('click', () => controller.abort())
    sign.addEventListener('click', () =>
      alone(async () => {
        controller = new AbortController()
        const { url, taxId, language } = panel.dataset
        const documents = JSON.parse(byId('page-documents').textContent).filter(({ row }) => !signed.has(row))
        let signatures
        cancel.hidden = false
        try {
          tell([words.connecting])
          const ncalayer = await openNcalayer(url, controller.signal)
          try {
            const data = []
            for (const { document: address } of documents) {
              const bytes = await fetch(address, { credentials: 'omit', signal: controller.signal }).then(
                (response) => {
                  if (!response.ok) throw new Told([words.serverSilent])
                  return response.arrayBuffer()
                },
              )
              data.push(base64Of(new Uint8Array(bytes)))
            }
            tell([words.choosing])
            const request = { data, taxId, language }
            signatures =
              (await signWithBasics(ncalayer, request)) ?? (await signWithCommonUtils(ncalayer, request))
          } finally {
            ncalayer.close()
          }
        } catch (error) {
          throw controller.signal.aborted ? cancelled() : error
        } finally {
          cancel.hidden = true
        }
        tell([words.checking])
        await submitAll(documents, signatures)
      }),
    )
  }

  for (const field of document.querySelectorAll('.needs-script')) field.hidden = false
  const file = byId('signature-file')
  file?.addEventListener('change', async () => {
    const chosen = file.files[0]
    if (chosen === undefined) return
    if (chosen.size > maxSignatureBytes) {
      file.value = ''
      tell([words.fileTooLarge], 'bad')
      return
    }
    const bytes = new Uint8Array(await chosen.arrayBuffer())
    // DER begins with 30 (a SEQUENCE); anything else is text already.
    byId('signature-text').value = bytes[0] === 0x30 ? base64Of(bytes) : new TextDecoder().decode(bytes)
  })

  for (const form of document.querySelectorAll('form[data-answer]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void alone(async () => {
        tell([words.sending])
        await submit(form.action, new FormData(form))
      })
    })
  }

  // After an answer the page is loaded anew: the state is what the person wants to hear.
  if (location.hash === '#state') byId('state')?.focus()
})()

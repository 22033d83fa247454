import { escaped } from '../../src/adapters/soap/index.ts'

/** Calls an operation of a 1C web service as 1C does: prefix `m`, parameters in order, Basic login. */
export const callOf =
  (url: string, namespace: string, authorization: string) =>
  async (
    operation: string,
    parameters: Record<string, string | number | boolean | Uint8Array | undefined> = {},
  ): Promise<{ status: number; text: string; value(name: string): string | undefined }> => {
    const body = Object.entries(parameters)
      .map(([name, value]) =>
        value === undefined
          ? `<m:${name} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`
          : `<m:${name}>${value instanceof Uint8Array ? Buffer.from(value).toString('base64') : escaped(String(value))}</m:${name}>`,
      )
      .join('')
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'text/xml; charset=utf-8',
        'user-agent': '1C+Enterprise/8.3',
      },
      body: `<?xml version="1.0" encoding="UTF-8"?>\r\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">\r\n\t<soap:Header/>\r\n\t<soap:Body>\r\n\t\t<m:${operation} xmlns:m="${namespace}">${body}</m:${operation}>\r\n\t</soap:Body>\r\n</soap:Envelope>`,
    })
    const text = await answer.text()
    return {
      status: answer.status,
      text,
      value: (name) => {
        const found = new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?>([^<]*)</`).exec(text)?.[1]
        return found
          ?.replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&amp;', '&')
      },
    }
  }

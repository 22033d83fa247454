/**
 * The ИИН of a person who signed, as a paper for many eyes may carry it: `880101300123` → `********0123`, as the pages
 * show it.
 *
 * A БИН is public (the register of legal entities) and stays whole. An ИИН is personal data (Law of 21.05.2013
 * № 94-V) and begins with the day of birth: whoever holds the exact bytes finds it whole in the certificate, whoever
 * picks up a printout learns only enough to tell two people apart. The tax id of a sole trader that stands in the
 * document itself is a requisite of the form and is printed whole there.
 */
export const maskedPersonalId = (iin: string): string =>
  /^\d{12}$/.test(iin) ? `********${iin.slice(-4)}` : '************'

/** Codes of units: МКЕИ (the same three digits as ОКЕИ), with the names that forms print. The usual ones, not the whole classifier. */
export interface Unit {
  readonly code: string
  readonly ru: string
  readonly kk: string
}

const unit = (code: string, ru: string, kk: string): Unit => ({ code, ru, kk })

export const units: readonly Unit[] = [
  unit('003', 'мм', 'мм'),
  unit('004', 'см', 'см'),
  unit('005', 'дм', 'дм'),
  unit('006', 'м', 'м'),
  unit('008', 'км', 'км'),
  unit('018', 'пог. м', 'қума м'),
  unit('050', 'мм2', 'мм2'),
  unit('051', 'см2', 'см2'),
  unit('055', 'м2', 'м2'),
  unit('058', 'тыс. м2', 'мың м2'),
  unit('059', 'га', 'га'),
  unit('061', 'км2', 'км2'),
  unit('110', 'мм3', 'мм3'),
  unit('111', 'мл', 'мл'),
  unit('112', 'л', 'л'),
  unit('113', 'м3', 'м3'),
  unit('114', 'тыс. м3', 'мың м3'),
  unit('118', 'дл', 'дл'),
  unit('161', 'мг', 'мг'),
  unit('163', 'г', 'г'),
  unit('166', 'кг', 'кг'),
  unit('168', 'т', 'т'),
  unit('206', 'ц', 'ц'),
  unit('212', 'Вт', 'Вт'),
  unit('214', 'кВт', 'кВт'),
  unit('215', 'МВт', 'МВт'),
  unit('233', 'Гкал', 'Гкал'),
  unit('245', 'кВт·ч', 'кВт·сағ'),
  unit('246', 'МВт·ч', 'МВт·сағ'),
  unit('354', 'с', 'с'),
  unit('355', 'мин', 'мин'),
  unit('356', 'ч', 'сағ'),
  unit('359', 'сут', 'тәул'),
  unit('360', 'нед', 'апта'),
  unit('362', 'мес', 'ай'),
  unit('364', 'кварт', 'тоқсан'),
  unit('366', 'год', 'жыл'),
  unit('383', 'руб', 'рубль'),
  unit('398', 'тенге', 'теңге'),
  unit('449', 'т·км', 'т·км'),
  unit('539', 'чел.-ч', 'адам-сағ'),
  unit('540', 'чел.-дн', 'адам-күн'),
  unit('625', 'лист', 'парақ'),
  unit('642', 'ед', 'бірл'),
  unit('657', 'изд', 'бұйым'),
  unit('704', 'набор', 'жиынтық'),
  unit('715', 'пар', 'жұп'),
  unit('728', 'пачка', 'бума'),
  unit('736', 'рул', 'орам'),
  unit('778', 'упак', 'қаптама'),
  unit('792', 'чел', 'адам'),
  unit('796', 'шт', 'дана'),
  unit('798', 'тыс. шт', 'мың дана'),
  unit('812', 'ящ', 'жәшік'),
  unit('839', 'компл', 'жинақ'),
  unit('868', 'бут', 'бөтелке'),
  unit('876', 'усл. ед', 'шартты бірлік'),
  unit('5114', 'одна услуга', 'бір қызмет'),
]

const byCode = new Map(units.map((known) => [known.code, known]))

export const unitOf = (code: string): Unit | undefined => byCode.get(code)

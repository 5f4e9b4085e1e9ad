/** Texts that the toy models have read. */
export const texts = {
  code:
    'for i in range ( n ) : total += x [ i ] ; for j in range ( m ) : total += y [ j ] ; ' +
    'for i in range ( m ) : x [ i ] = y [ i ] ; for j in range ( n ) : y [ j ] = total ; ' +
    'total = x [ 0 ] ; for i in range ( n ) : total += x [ j ] ; for i in range ( n ) : ' +
    'total += x [ i ] ;',
  chat:
    'the model reads the text and the model writes the next word . the drafter reads the state ' +
    'of the model and guesses the next words . the model checks the words in one pass . the ' +
    'model keeps the longest run of words that it would have written . the drafter guesses ' +
    'again from the last state . the text stays the same and the next word comes sooner .',
  ids:
    '90 91 92 94 96 97 98 91 92 93 95 90 91 92 94 96 97 99 91 92 93 97 98 93 94 97 96 90 93 94 ' +
    '95 92 99 93 94 97 96 91 93 95 96 93 98 93 94 97 96 95',
} as const;

export type TextName = keyof typeof texts;

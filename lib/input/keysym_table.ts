/**
 * Which character each of the old keysyms means (X Window System Protocol, appendix A "KEYSYM Encoding").
 *
 * @module
 */

/**
 * Runs of consecutive keysyms: the first one, and the characters that they mean. A full stop marks a number that is
 * no keysym, or one whose meaning X.Org's keysymdef.h gives as approximate only. tests/input/keysyms_test.ts compares
 * all of it with that file. Combining marks and spaces are written as escapes so that they can be seen.
 */
export const LEGACY_RUNS: readonly (readonly [keysym: number, characters: string])[] = [
  // Latin 2
  [0x01a1, "Ą˘Ł.ĽŚ..ŠŞŤŹ.ŽŻ.ą˛ł.ľśˇ.šşťź˝žżŔ..Ă.ĹĆ.Č.Ę.Ě..ĎĐŃŇ..Ő..ŘŮ.Ű..Ţ.ŕ..ă.ĺć.č.ę.ě..ďđńň..ő..řů.ű..ţ˙"],
  // Latin 3
  [0x02a1, "Ħ....Ĥ..İ.ĞĴ....ħ....ĥ..ı.ğĵ"],
  [0x02c5, "ĊĈ"],
  [0x02d5, "Ġ..Ĝ....ŬŜ......ċĉ"],
  [0x02f5, "ġ..ĝ....ŭŝ"],
  // Latin 4
  [0x03a2, "ĸŖ.ĨĻ...ĒĢŦ......ŗ.ĩļ...ēģŧŊ.ŋĀ......Į....Ė..Ī.ŅŌĶ.....Ų...ŨŪ.ā......į....ė..ī.ņōķ.....ų...ũū"],
  // Katakana
  [0x047e, "‾"],
  [
    0x04a1,
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜",
  ],
  // Arabic
  [0x05ac, "،"],
  [
    0x05bb,
    "؛...؟.ءآأؤإئابةتثجحخدذرزسشصضطظعغ.....ـفقكلمنهوىي\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652",
  ],
  // Cyrillic
  [0x06a1, "ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏюабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ"],
  // Greek
  [0x07a1, "ΆΈΉΊΪ.ΌΎΫ.Ώ..΅―.άέήίϊΐόύϋΰώ.....ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣ.ΤΥΦΧΨΩ.......αβγδεζηθικλμνξοπρσςτυφχψω"],
  // Technical
  [0x08a1, "⎷..⌠⌡.⎡⎣⎤⎦⎛⎝⎞⎠⎨⎬"],
  [0x08bc, "≤≠≥∫∴∝∞..∇..∼≃...⇔⇒≡......√...⊂⊃∩∪∧∨"],
  [0x08ef, "∂......ƒ....←↑→↓"],
  // Special
  [0x09e0, "◆▒␉␌␍␊..␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│"],
  // Publishing
  [
    0x0aa1,
    "\u2003\u2002\u2004\u2005\u2007\u2008\u2009\u200a—–...…‥⅓⅔⅕⅖⅗⅘⅙⅚℅..‒.......⅛⅜⅝⅞..™......‘’“”℞‰′″.✝",
  ],
  [0x0aec, "♣♦♥.✠†‡✓✗♯♭♂♀☎⌕℗‸‚„"],
  // APL
  [0x0bc2, "⊤.⌊.....∘.⎕.⊥○...⌈"],
  [0x0bdc, "⊣"],
  [0x0bfc, "⊢"],
  // Hebrew
  [0x0cdf, "‗אבגדהוזחטיךכלםמןנסעףפץצקרשת"],
  // Thai
  [
    0x0da1,
    "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮฯะ\u0e31าำ\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a....฿เแโใไๅๆ\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d..๐๑๒๓๔๕๖๗๘๙",
  ],
  // Korean
  [
    0x0ea1,
    "ㄱㄲㄳㄴㄵㄶㄷㄸㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅃㅄㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣᆨᆩᆪᆫᆬᆭᆮᆯᆰᆱᆲᆳᆴᆵᆶᆷᆸᆹᆺᆻᆼᆽᆾᆿᇀᇁᇂㅭㅱㅸㅿㆁㆄㆆㆍㆎᇫᇰᇹ",
  ],
  // Latin 9
  [0x13bc, "ŒœŸ"],
  // Currency
  [0x20ac, "€"],
];

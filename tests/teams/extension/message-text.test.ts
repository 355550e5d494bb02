import { describe, expect, test } from '@jest/globals';
import { readMessage } from '../../../src/teams/extension/message-text.ts';

const html = (content: string, more: object = {}) => readMessage({ body: { contentType: 'html', content }, ...more });

describe('a message that Teams hands over', () => {
  test.each([
    ['<div><p>One line</p><p>and another</p></div>', 'One line\nand another'],
    ['one<br>two<br/>three', 'one\ntwo\nthree'],
    ['<ul><li>a</li><li>b</li></ul>', 'a\nb'],
    [
      'Tom &amp; Ann &lt;b&gt; it&#39;s &#x201C;ok&#x201D; &unknown; &#9999999;',
      "Tom & Ann <b> it's “ok” &unknown; &#9999999;",
    ],
    ['spaces   and&nbsp;more', 'spaces and more'],
    ['<style>p { color: red }</style><p>seen</p><script>alert(1)</script>', 'seen'],
    ['a < b and <', 'a < b and <'],
  ])('is read as its words: %s', (content, text) => {
    expect(html(content)).toEqual({ text, dropped: false });
  });

  test('names nobody whom it mentions', () => {
    expect(html('<p>Ask <at id="0">Sam Cole</at> about it</p>').text).toBe('Ask [name] about it');
  });

  test('that is plain text is left as it is', () => {
    expect(readMessage({ body: { contentType: 'text', content: 'a <b> &amp; c' } }).text).toBe('a <b> &amp; c');
  });

  test.each([
    ['a picture in it', html('<p>look</p><img src="https://example.org/a.png">')],
    ['a file beside it', html('<p>look</p>', { attachments: [{ contentType: 'reference' }] })],
    ['another message in it', html('<attachment id="1"></attachment><p>look</p>')],
  ])('with %s says that something was dropped', (_, read) => {
    expect(read).toEqual({ text: 'look', dropped: true });
  });

  test.each([undefined, null, 7, 'text', [], {}, { body: null }, { body: { content: 7 } }])(
    'that is none has no words: %j',
    (payload) => {
      expect(readMessage(payload)).toEqual({ text: '', dropped: false });
    },
  );

  test.each(['<', '<at>', '<script>', '&#', '\n '])('that only repeats %j takes no long time', (part) => {
    // What would take hours stops the test.
    expect(html(part.repeat(100_000)).text.length).toBeLessThan(30_000);
  });
});

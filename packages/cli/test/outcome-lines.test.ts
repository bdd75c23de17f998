import { expect, test } from 'vitest';
import { liveLines, logLines, responseLine } from '../src/output/outcome-lines.ts';

test('logs stand beside who logged them', () => {
  expect(logLines('node-1', 'one\ntwo\n', 8)).toEqual(['node-1   │ one', '         │ two']);
  expect(logLines('node-1', '')).toEqual([]);
  expect(liveLines('node-1', 'one\ntwo\n')).toBe('node-1 │ one\nnode-1 │ two');
});

test('what a program or a node wrote does not steer the terminal', () => {
  const hostile = 'a\u001b[2Jb\rc\u0007\u009bd\te';
  const shown = 'a\ufffd[2Jb\ufffdc\ufffd\ufffdd\te';
  expect(logLines('node-1', hostile)).toEqual([`node-1 │ ${shown}`]);
  expect(liveLines('node-1', hostile)).toBe(`node-1 │ ${shown}`);
  expect(responseLine(hostile)).toBe(`response  ${shown}`);
});

// WebAssembly: (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const bytes = LitActions.uint8arrayFromString(
  '0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b',
  'hex',
);
const { add } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
Lit.Actions.setResponse({ response: String(add(jsParams.a, jsParams.b)) });

"""Jupyter's own conformance tests (jupyter_kernel_test) against the C# kernel."""

import unittest

import jupyter_kernel_test


class CSharpKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = ".net-csharp"
    language_name = "C#"
    file_extension = ".cs"

    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("to stderr");'

    completion_samples = [
        {"text": "Console.WriteLi", "matches": {"WriteLine"}},
        {"text": "Environ", "matches": {"Environment", "EnvironmentVariableTarget"}},
    ]

    complete_code_samples = ["1", "var x = 1;", "if (true)\n{\n}\n", 'Console.WriteLine("hello")']
    incomplete_code_samples = ["if (true)\n{", "void F()\n{", 'Console.WriteLine(', "/* a comment"]
    invalid_code_samples = ["var x = = 1;", "1 +) 2"]

    code_generate_error = 'throw new InvalidOperationException("no");'

    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": '"a" + "b"', "result": "ab"},
        {"code": "new[] { 3, 1, 2 }.Max()", "result": "3"},
        {"code": "new[] { 3, 1, 2 }.Min()", "result": "1"},
        {"code": "await Task.FromResult(7)", "result": "7"},
    ]
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "range", "search")

    code_display_data = [
        {"code": 'HTML("<b>bold</b>").Display();', "mime": "text/html"},
        {"code": '"<svg xmlns=\\"http://www.w3.org/2000/svg\\"/>".DisplayAs("image/svg+xml");', "mime": "image/svg+xml"},
        {"code": 'display("shown");', "mime": "text/plain"},
    ]

    code_inspect_sample = "Console.WriteLine"
    code_clear_output = "ClearOutput();"

    # Left out, and why: C# has no pager (code_page_something).

    def test_nothing_is_left_out_by_accident(self):
        """Whoever adds a sample list upstream must make us look: what is empty here skips a test."""
        empty = {
            name
            for name in dir(jupyter_kernel_test.KernelTests)
            if (name.startswith("code_") or name.endswith("_samples")) and not getattr(self, name)
        }
        self.assertEqual(empty, {"code_page_something"})


if __name__ == "__main__":
    unittest.main(verbosity=2)

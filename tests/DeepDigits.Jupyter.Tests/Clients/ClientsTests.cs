namespace DeepDigits.Jupyter.Tests;

public class ClientsTests
{
    [Fact(Skip = "Left out: the tests with Jupyter's own clients (jupyter_kernel_test, nbclient, nbconvert, Jupyter Notebook in Chromium). "
        + "They need Debian's Python packages; tests/DeepDigits.Jupyter.Tests/Clients/run.sh runs them.")]
    public void Under_Jupyters_own_clients()
    {
    }
}

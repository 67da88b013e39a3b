namespace DeepDigits.Jupyter.Tests;

public class ConnectionFileTests
{
    const string Good = """{"transport":"tcp","ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,"key":"k","signature_scheme":"hmac-sha256"}""";

    [Fact]
    public void A_connection_file_is_read_back_as_it_was_written_and_only_its_owner_may()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("kernel.json");
        ConnectionFile connection = ConnectionFile.Create() with { ShellPort = 5, KernelName = "x" };
        connection.Save(path);
        Assert.Equal(connection, ConnectionFile.Load(path));
        Assert.Equal(64, connection.Key.Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Theory]
    [InlineData("tcp", "ipc", "the transport is 'ipc'")]
    [InlineData("hmac-sha256", "hmac-md5", "the signature scheme is 'hmac-md5'")]
    [InlineData("127.0.0.1", "nowhere", "'nowhere' is not an IP address")]
    [InlineData("\"shell_port\":1", "\"shell_port\":70000", "'shell_port' must be a port")]
    [InlineData("\"hb_port\":5,", "", "'hb_port' must be a port")]
    [InlineData("\"key\":\"k\",", "", "'key' is missing")]
    [InlineData("\"key\":\"k\"", "\"key\":7", "'key' must be a string")]
    [InlineData("\"ip\":\"127.0.0.1\",\"shell_port\":1", "\"ip\":\"0.0.0.0\",\"shell_port\":1,\"x\":\"\"", null)]
    [InlineData("{\"transport\"", "[{\"transport\"", "cannot be read")]
    public void What_cannot_be_served_is_refused(string from, string to, string? message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("kernel.json");
        File.WriteAllText(path, Good.Replace(from, to));
        if (message is null)
        {
            Assert.Equal("0.0.0.0", ConnectionFile.Load(path).Ip);
            File.WriteAllText(path, Good.Replace(from, to).Replace("\"key\":\"k\"", "\"key\":\"\""));
            message = "without a key anybody";
        }
        Assert.Contains(message, Assert.Throws<ConnectionFileException>(() => ConnectionFile.Load(path)).Message);
    }
}

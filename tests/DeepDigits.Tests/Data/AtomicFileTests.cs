namespace DeepDigits.Tests.Data;

public sealed class AtomicFileTests
{
    [Fact]
    public void The_old_file_stays_until_the_new_one_is_whole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("result", "old"u8);
        using (var file = new AtomicFile(path))
        {
            file.Stream.Write("new"u8);
            file.Stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
            file.Commit();
        }
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["result"], folder.Files);
    }

    [Fact]
    public void Without_a_commit_nothing_is_changed_and_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("result", "old"u8);
        using (var file = new AtomicFile(path))
            file.Stream.Write("half of the n"u8);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["result"], folder.Files);
    }

    [Fact]
    public void What_a_killed_process_left_is_overwritten()
    {
        using var folder = new TemporaryFolder();
        folder.Write("result.tmp", "half of something much longer"u8);
        AtomicFile.WriteText(folder["result"], "new");
        Assert.Equal("new", File.ReadAllText(folder["result"]));
        Assert.Equal(["result"], folder.Files);
    }

    [Fact]
    public void Of_two_writers_at_once_one_is_refused_and_the_other_is_not_disturbed()
    {
        using var folder = new TemporaryFolder();
        using var first = new AtomicFile(folder["result"]);
        first.Stream.Write("first"u8);
        Assert.Throws<IOException>(() => new AtomicFile(folder["result"]));
        first.Commit();
        using var second = new AtomicFile(folder["result"]);
        first.Dispose();
        second.Stream.Write("second"u8);
        second.Commit();
        Assert.Equal("second", File.ReadAllText(folder["result"]));
    }

    [Fact]
    public void The_folder_is_made()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder["a"], "b", "result");
        using (var file = new AtomicFile(path))
            file.Commit();
        Assert.True(File.Exists(path));
    }
}
